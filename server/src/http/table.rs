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

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::{Handler, Payload};
use actix_web::http::Method;
use actix_web::web::ServiceConfig;
use actix_web::{Error, FromRequest, HttpRequest, Responder, Route, web};

use super::identity::Proof;
use crate::auth::{Act as _, Action};

/// What comes of a request: the arguments, or why not.
type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// The arguments of a handler that takes a proof first. The others are looked at once there is a proof:
/// whoever may not ask is told so whatever they sent, and none of it is read.
pub trait Guarded: Sized {
    /// The proof.
    type Proof: Proof;

    /// Takes them from a request.
    fn extract(request: HttpRequest, payload: Payload) -> Extracted<Self>;
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        impl<P: Proof + FromRequest + 'static, $($argument: FromRequest + 'static),*> Guarded
            for (P, $($argument,)*)
        {
            type Proof = P;

            #[allow(non_snake_case, unused_mut, reason = "as many arguments as there are")]
            fn extract(request: HttpRequest, mut payload: Payload) -> Extracted<Self> {
                Box::pin(async move {
                    let proof = P::from_request(&request, &mut Payload::None).await;
                    let proof = proof.map_err(Into::<Error>::into)?;
                    let rest = <($($argument,)*) as FromRequest>::from_request(
                        &request,
                        &mut payload,
                    );
                    let ($($argument,)*) = rest.await.map_err(Error::from)?;
                    Ok((proof, $($argument,)*))
                })
            }
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

/// The arguments, on their way to the handler.
struct ProofFirst<Args>(Args);

impl<Args: Guarded + 'static> FromRequest for ProofFirst<Args> {
    type Error = Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let arguments = Args::extract(request.clone(), payload.take());
        Box::pin(async move { arguments.await.map(Self) })
    }
}

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
        Args: Guarded + 'static,
    {
        self.on(Method::GET, path, handler)
    }

    /// A route that acts.
    #[must_use]
    pub fn post<H, Args>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<Args>,
        H::Output: Responder + 'static,
        Args: Guarded + 'static,
    {
        self.on(Method::POST, path, handler)
    }

    /// A route that keeps what it is sent.
    #[must_use]
    pub fn put<H, Args>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<Args>,
        H::Output: Responder + 'static,
        Args: Guarded + 'static,
    {
        self.on(Method::PUT, path, handler)
    }

    fn on<H, Args>(mut self, method: Method, path: &'static str, handler: H) -> Self
    where
        H: Handler<Args>,
        H::Output: Responder + 'static,
        Args: Guarded + 'static,
    {
        let action = <<Args as Guarded>::Proof as Proof>::Action::ACTION;
        let handler = move |arguments: ProofFirst<Args>| handler.call(arguments.0);
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
