// All unit tests of the console's pure functions, gathered so that one bundle runs them.
import "./areas";
import "./difference";
import "./duty";
import "./filter";
import "./lanes";
import "./route";
import "./time";
import "./value";
import "./trail";
