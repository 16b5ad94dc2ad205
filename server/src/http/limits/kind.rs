//! What a request is for, as far as limits go: by its path as the router reads it, so that another
//! spelling of a path has no other limits.

use actix_web::http::Method;

/// Kinds of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A phone enrols.
    Enrolment,
    /// A phone proves its key.
    Proof,
    /// Somebody signs in, or asks for it.
    SignIn,
    /// A page for residents.
    Public,
    /// A phone waits for news.
    Wait,
    /// Somebody hands in a bundle, of whatever size.
    Bundle,
    /// Whether the server is well. Watchers ask from one address, and never often.
    Health,
    /// Everything else: with a token, a session or nothing to be had.
    Other,
}

impl Kind {
    /// The kind of a request.
    pub(super) fn of(method: &Method, path: &str) -> Self {
        match path {
            "/v1/devices/enrol" => Self::Enrolment,
            "/v1/devices/nonce" | "/v1/devices/token" => Self::Proof,
            "/v1/wait" => Self::Wait,
            "/v1/devices/hand-in" => Self::Bundle,
            "/v1/rescue" if method == Method::POST => Self::Bundle,
            "/health" => Self::Health,
            "/v1/rescue/key" => Self::Public,
            _ if is_sign_in(path) => Self::SignIn,
            _ if path.starts_with("/badge/") || path.starts_with("/roster") => Self::Public,
            _ => Self::Other,
        }
    }

    /// Whether anybody may send it, whose body is then small and has little time.
    pub(super) const fn is_open(self) -> bool {
        !matches!(self, Self::Wait | Self::Bundle | Self::Other)
    }
}

fn is_sign_in(path: &str) -> bool {
    let begins =
        ["/v1/staff/sign-in", "/v1/staff/second-factor", "/v1/staff/oidc", "/v1/staff/invitation"];
    begins.into_iter().any(|begin| path.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_may_ask_for_is_told_from_what_needs_a_proof() {
        let of = |path| Kind::of(&Method::POST, path);
        assert_eq!(of("/v1/devices/enrol"), Kind::Enrolment);
        assert_eq!(of("/v1/staff/sign-in/second-factor"), Kind::SignIn);
        assert_eq!(of("/badge/abc"), Kind::Public);
        assert_eq!(Kind::of(&Method::GET, "/v1/rescue"), Kind::Other);
        assert!(of("/v1/devices/token").is_open() && !of("/v1/sync").is_open());
        assert!(!of("/v1/rescue").is_open());
    }
}
