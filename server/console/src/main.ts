// Where the console starts.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/print.css";
import { mount } from "svelte";
import App from "./App.svelte";

const target = document.getElementById("console");
if (target === null) throw new Error("the page has no place for the console");
mount(App, { target });
