//! The way to the identity provider: the crate `openidconnect` speaks the protocol and verifies ID
//! tokens, ureq carries its requests. Nothing but the provider's own addresses is asked: redirects are
//! not followed, answers are bounded in size and time.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm as Algorithm,
    CoreProviderMetadata,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
};
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::store::oidc_provider::Provider;

/// How long the provider may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Largest answer of the provider, in bytes.
const ANSWER_BYTES: u64 = 1 << 20;

/// Where the provider sends the browser back to.
pub(super) const CALLBACK: &str = "/v1/staff/oidc/callback";

/// What ID tokens may be signed with: public keys alone, so that nobody who knows the client's secret
/// can make one, and never nothing.
const ALGORITHMS: [Algorithm; 5] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPssSha256,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What went wrong on the way; the words are for the log and name no person.
#[derive(Debug, thiserror::Error)]
pub(super) enum OidcError {
    /// A setting is no URL.
    #[error("an address in the provider's settings is no URL")]
    Setting(#[from] openidconnect::url::ParseError),
    /// What is given as its authority is none.
    #[error("its authority's file holds no certificates in PEM, or something beside them")]
    Authority,
    /// The provider does not answer, or not as the protocol says.
    #[error("the identity provider could not be asked: {0}")]
    Provider(String),
    /// The ID token is not to be trusted.
    #[error("the ID token is refused: {0}")]
    Token(String),
}

/// Where a browser is sent, and what is kept until it comes back.
pub(super) struct Leaving {
    pub(super) url: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// Who came back.
pub(super) struct Arrived {
    /// What the configured claim says.
    pub(super) subject: String,
    /// How they proved it there (RFC 8176).
    pub(super) amr: Vec<String>,
}

/// The client that this server is there. Its type says which endpoints it knows, too long to write.
macro_rules! client {
    ($provider:expr, $metadata:expr) => {{
        let redirect = super::redirect_uri($provider);
        CoreClient::from_provider_metadata(
            $metadata,
            ClientId::new($provider.client_id.clone()),
            Some(ClientSecret::new($provider.client_secret.clone())),
        )
        .set_redirect_uri(RedirectUrl::new(redirect)?)
    }};
}

/// Draws up the way to the provider.
pub(super) fn leave(provider: &Provider) -> Result<Leaving, OidcError> {
    let metadata = discover(provider)?;
    let client = client!(provider, metadata);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .set_pkce_challenge(challenge);
    if provider.claim != "sub" {
        request = request.add_scope(Scope::new("profile".to_owned()));
    }
    let (url, state, nonce) = request.url();
    Ok(Leaving {
        url: url.into(),
        state: state.into_secret(),
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
    })
}

/// Exchanges the code for an ID token and verifies it: signature, issuer, audience, expiry, nonce.
pub(super) fn arrive(
    provider: &Provider,
    code: &str,
    (nonce, verifier): (String, String),
    now_ms: i64,
) -> Result<Arrived, OidcError> {
    let metadata = discover(provider)?;
    let client = client!(provider, metadata);
    let answer = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|error| OidcError::Provider(error.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(verifier))
        .request(&carrier(provider)?)
        .map_err(|error| OidcError::Provider(kind_of(&error)))?;
    let token = answer.id_token().ok_or_else(|| OidcError::Token("there is none".to_owned()))?;
    let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || now);
    let claims = token
        .claims(&verifier, &Nonce::new(nonce))
        .map_err(|error| OidcError::Token(error.to_string()))?;
    let subject = match provider.claim.as_str() {
        "sub" => claims.subject().as_str().to_owned(),
        other => claim(token, other)
            .ok_or_else(|| OidcError::Token("it lacks the configured claim".to_owned()))?,
    };
    let amr = claims.auth_method_refs().into_iter().flatten();
    Ok(Arrived { subject, amr: amr.map(|method| method.to_string()).collect() })
}

/// A claim of our own choice out of a token that was verified.
fn claim(verified: &CoreIdToken, name: &str) -> Option<String> {
    let token = verified.to_string();
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    claims.get(name)?.as_str().filter(|value| !value.is_empty()).map(str::to_owned)
}

fn discover(provider: &Provider) -> Result<CoreProviderMetadata, OidcError> {
    let issuer = IssuerUrl::new(provider.issuer.clone())?;
    CoreProviderMetadata::discover(&issuer, &carrier(provider)?)
        .map_err(|error| OidcError::Provider(error.to_string()))
}

/// The kind of an error of the token endpoint, without what the provider wrote: it may quote.
fn kind_of<E: std::error::Error, T: openidconnect::ErrorResponse>(
    error: &openidconnect::RequestTokenError<E, T>,
) -> String {
    use openidconnect::RequestTokenError::{Other, Parse, Request, ServerResponse};
    match error {
        ServerResponse(_) => "it refused the code".to_owned(),
        Request(error) => error.to_string(),
        Parse(..) | Other(_) => "its answer is not of its form".to_owned(),
    }
}

/// What carries requests to the provider: over TLS that its own authority vouches for, if it has one, and
/// then no other.
fn carrier(
    provider: &Provider,
) -> Result<impl Fn(HttpRequest) -> Result<HttpResponse, ureq::Error> + use<>, OidcError> {
    let roots = match &provider.authority {
        Some(pem) => RootCerts::new_with_certs(&certificates(pem)?),
        None => RootCerts::WebPki,
    };
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .http_status_as_error(false)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build()
        .into();
    Ok(move |request| {
        let (parts, mut body) = agent.run(request)?.into_parts();
        let bytes = body.with_config().limit(ANSWER_BYTES).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, bytes))
    })
}

/// The certificates of a file: some, and nothing beside them. Whoever gives a private key has taken the
/// wrong file.
fn certificates(pem: &str) -> Result<Vec<Certificate<'static>>, OidcError> {
    let certificates: Option<Vec<_>> = parse_pem(pem.as_bytes())
        .map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    certificates.filter(|some| !some.is_empty()).ok_or(OidcError::Authority)
}
