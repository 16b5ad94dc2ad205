//! The list that routes are put on. It takes only handlers whose first argument is the proof of an
//! action, so that a route that asks nobody does not compile:
//!
//! ```compile_fail,E0277
//! use doorstep::http::table::Routes;
//!
//! async fn everything() -> &'static str {
//!     "all the records"
//! }
//! let routes = Routes::default().get("/v1/everything", everything);
//! ```
//!
//! One that says what it is for does, and is on the list with its action:
//!
//! ```
//! use doorstep::auth::actions::CheckHealth;
//! use doorstep::http::identity::Anyone;
//! use doorstep::http::table::Routes;
//!
//! async fn health(_: Anyone<CheckHealth>) -> &'static str {
//!     "well"
//! }
//! let routes = Routes::default().get("/health", health);
//! assert_eq!(routes.listed()[0].action.code(), "health");
//! ```

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, Responder, Route, web};

use super::identity::Proof;
use crate::auth::{Act as _, Action};

/// The arguments of a handler that takes a proof first.
pub trait Guarded {
    /// The proof.
    type Proof: Proof;
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        impl<P: Proof, $($argument),*> Guarded for (P, $($argument,)*) {
            type Proof = P;
        }
    };
}
guarded! {}
guarded! { B }
guarded! { B C }
guarded! { B C D }
guarded! { B C D E }
guarded! { B C D E F }
guarded! { B C D E F G }

/// A route as the list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its method.
    pub method: Method,
    /// Its address, with names in braces.
    pub path: &'static str,
    /// What it does.
    pub action: Action,
}

/// The routes.
#[derive(Default)]
pub struct Routes {
    listed: Vec<Listed>,
    routes: Vec<Route>,
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.listed).finish()
    }
}

impl Routes {
    /// A route that reads.
    #[must_use]
    pub fn get<H, Args>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<Args>,
        H::Output: Responder + 'static,
        Args: FromRequest + Guarded + 'static,
    {
        self.on(Method::GET, path, handler)
    }

    /// A route that acts.
    #[must_use]
    pub fn post<H, Args>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<Args>,
        H::Output: Responder + 'static,
        Args: FromRequest + Guarded + 'static,
    {
        self.on(Method::POST, path, handler)
    }

    /// A route that keeps what it is sent.
    #[must_use]
    pub fn put<H, Args>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<Args>,
        H::Output: Responder + 'static,
        Args: FromRequest + Guarded + 'static,
    {
        self.on(Method::PUT, path, handler)
    }

    fn on<H, Args>(mut self, method: Method, path: &'static str, handler: H) -> Self
    where
        H: Handler<Args>,
        H::Output: Responder + 'static,
        Args: FromRequest + Guarded + 'static,
    {
        let action = <<Args as Guarded>::Proof as Proof>::Action::ACTION;
        self.routes.push(web::method(method.clone()).to(handler));
        self.listed.push(Listed { method, path, action });
        self
    }

    /// What is on the list.
    pub fn listed(&self) -> &[Listed] {
        &self.listed
    }

    /// Mounts them.
    pub(super) fn mount(self, app: &mut ServiceConfig) {
        for (listed, route) in self.listed.iter().zip(self.routes) {
            app.route(listed.path, route);
        }
    }
}
