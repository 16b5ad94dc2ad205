// A real OpenID Connect provider (npm oidc-provider) on a port that the system chooses, for the tests
// of signing in by one. Its tokens are its own, but for what POST /attack/<kind> makes of the next one.
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import * as jose from "jose";
import { Provider } from "oidc-provider";

const [redirect] = process.argv.slice(2);
const { privateKey } = await jose.generateKeyPair("RS256", { extractable: true });
const jwk = { ...(await jose.exportJWK(privateKey)), kid: "one", use: "sig", alg: "RS256" };
const stranger = (await jose.generateKeyPair("RS256")).privateKey;

// With a key and a certificate in the environment it speaks TLS under the name of this machine.
const { TLS_KEY: key, TLS_CERTIFICATE: cert } = process.env;
const server = key === undefined ? createServer() : createTlsServer({ key, cert });
await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
const { port } = server.address();
const issuer = key === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;

let attack = "none";
let staffNumber = "4711";

const provider = new Provider(issuer, {
  clients: [{ client_id: "doorstep", client_secret: "a secret between two servers", redirect_uris: [redirect] }],
  jwks: { keys: [jwk] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], profile: ["staff_number"] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, staff_number: staffNumber }),
  }),
  cookies: { keys: ["tests"] },
  ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 3600, Interaction: 600, Session: 600, Grant: 600 },
});

const sign = (claims, key = privateKey) =>
  new jose.SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(key);
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What an attacker between, or a provider gone bad, makes of an ID token. */
const attacks = {
  // Nothing but what this provider's own pages cannot ask for: how somebody signed in there.
  none: (token, claims) =>
    claims.sub.endsWith("-with-app") ? sign({ ...claims, amr: ["pwd", "otp"] }) : token,
  "wrong-nonce": (_, claims) => sign({ ...claims, nonce: "another" }),
  "no-nonce": (_, { nonce, ...claims }) => sign(claims),
  "wrong-issuer": (_, claims) => sign({ ...claims, iss: "http://127.0.0.1:1" }),
  "wrong-audience": (_, claims) => sign({ ...claims, aud: "another-client" }),
  expired: (_, claims) => sign({ ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }),
  "alg-none": (_, claims) => `${part({ alg: "none" })}.${part(claims)}.`,
  "alg-hs256": (_, claims) =>
    new jose.SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: "one" })
      .sign(new TextEncoder().encode("a secret between two servers")),
  tampered: (token, claims) => {
    const [head, , signature] = token.split(".");
    return `${head}.${part({ ...claims, sub: "somebody-else" })}.${signature}`;
  },
  "strange-key": (_, claims) => sign(claims, stranger),
};

provider.use(async (context, next) => {
  await next();
  if (context.path === "/token" && context.body?.id_token !== undefined) {
    const token = context.body.id_token;
    context.body = { ...context.body, id_token: await attacks[attack](token, jose.decodeJwt(token)) };
  }
});

const answer = provider.callback();
server.on("request", (request, response) => {
  const kind = request.url.startsWith("/attack/") ? request.url.slice("/attack/".length) : undefined;
  if (kind === undefined) return answer(request, response);
  if (kind in attacks) attack = kind;
  else if (kind.startsWith("number-")) staffNumber = kind.slice("number-".length);
  else response.statusCode = 404;
  response.end();
});

console.log(issuer);
process.stdin.resume().on("end", () => process.exit(0));
