//! The server put together: what it works with, and the listening.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{
    Server as Listening, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse,
};
use actix_web::{App, Error, HttpServer, middleware, web};
use sync_protocol::ids::ServerEpoch;

use super::limits::{Connections, Limits, Meter, guard};
use super::{headers, housekeeping, router};
use crate::auth::devices::{self, Admission, Scopes};
use crate::auth::nonces::Challenges;
use crate::auth::staff::Reception;
use crate::auth::tokens::Tokens;
use crate::clock::now_ms;
use crate::photos::{Objects, Photos};
use crate::rescue::Desk;
use crate::store::district::District;
use crate::store::presence::{Announced, Presence};
use crate::store::{Store, StoreError, signing_keys};
use crate::sync::Engine;
use crate::sync::documents::Keeper;
use crate::sync::wake::Wake;
use crate::sync::writers::Writers;
use crate::trail::denials::Denials;

/// Largest number of threads that wait for the database at once.
const BLOCKING_THREADS: usize = 16;

/// What a server is told at its start.
#[derive(Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The database.
    pub store: Store,
    /// The photos' bytes.
    pub objects: Objects,
    /// Threads that take requests.
    pub workers: usize,
    /// What one client may take.
    pub limits: Limits,
    /// Whether browsers come by TLS, which a proxy speaks.
    pub behind_tls: bool,
}

/// What the handlers work with.
#[derive(Clone)]
pub struct Server {
    pub(super) engine: Engine,
    pub(super) photos: Photos,
    pub(super) tokens: Tokens,
    pub(super) challenges: Challenges,
    pub(super) scopes: Scopes,
    pub(super) district: District,
    pub(super) desk: Desk,
    pub(super) denials: Denials,
    pub(super) reception: Reception,
    /// Whether cookies are for TLS alone: everywhere but on this machine without TLS.
    pub(super) secure_cookies: bool,
    /// Whether browsers come by TLS, which a proxy speaks.
    pub(super) behind_tls: bool,
    pub(super) limits: Arc<Meter>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no district in the database yet.
    #[error("the database holds no district yet: run `doorstep district create` first")]
    NoDistrict,
    /// The address cannot be listened on.
    #[error("{0} cannot be listened on: name another with --listen")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The operating system gives no thread.
    #[error("a thread could not be started")]
    Thread(#[source] std::io::Error),
}

impl Server {
    /// Puts a server together on a migrated database.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn new(store: Store, objects: Objects) -> Result<Self, StartError> {
        Self::limited(store, objects, Limits::default())
    }

    /// Puts a server together that counts by these limits.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn limited(store: Store, objects: Objects, limits: Limits) -> Result<Self, StartError> {
        let district = store.read(crate::store::district::find)?.ok_or(StartError::NoDistrict)?;
        let keeper = Keeper::start(store.clone()).map_err(StartError::Thread)?;
        let server_epoch: ServerEpoch = district.server_epoch;
        let engine = Engine {
            store: store.clone(),
            server_epoch,
            keeper,
            wake: Wake::default(),
            writers: Writers::default(),
        };
        let denials = Denials::start(store.clone()).map_err(StartError::Thread)?;
        let keys = store.read(signing_keys::find)?.ok_or(StartError::NoDistrict)?;
        let photos = Photos::new(store.clone(), objects);
        Ok(Self {
            tokens: Tokens::new(&keys),
            challenges: Challenges::new(&district.rescue_key),
            scopes: Scopes::default(),
            reception: Reception::new(store, &district),
            desk: Desk::new(
                engine.clone(),
                photos.clone(),
                district.rescue_key,
                limits.hand_in_a_day,
            ),
            photos,
            engine,
            district,
            denials,
            secure_cookies: true,
            behind_tls: false,
            limits: Arc::new(Meter::new(limits)),
        })
    }

    /// What the device of a token may, now.
    pub(super) fn admit(&self, token: &str) -> Result<Admission, StoreError> {
        devices::admit(&self.engine.store, &self.tokens, &self.scopes, token, now_ms())
    }

    /// Where rescue bundles are handed in, for the command line.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The photos, for maintenance.
    pub fn photos(&self) -> &Photos {
        &self.photos
    }

    /// The engine, for benchmarks and tests that need no HTTP.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// A server that runs.
pub struct Running {
    listening: Listening,
    denials: Denials,
    presence: Presence,
}

impl Running {
    /// What stops it.
    pub fn handle(&self) -> ServerHandle {
        self.listening.handle()
    }

    /// Waits until it was stopped, and writes what it had only counted until then.
    ///
    /// # Errors
    /// Those of the operating system.
    pub async fn ended(self) -> std::io::Result<()> {
        let ended = self.listening.await;
        self.denials.finish().await;
        drop(self.presence);
        ended
    }
}

/// The routes, behind all that a request passes on its way in and out: limits, the trail's denials, the
/// headers of every answer.
pub fn guarded(
    server: &web::Data<Server>,
    behind_tls: bool,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .wrap(middleware::from_fn(guard::guard))
        .wrap(middleware::from_fn(super::denials::note))
        .wrap(headers::security(behind_tls))
        .configure(routes(server))
}

/// The routes alone: what [`guarded`] costs is measured against them.
pub fn routes(server: &web::Data<Server>) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let server = server.clone();
    move |app| {
        app.app_data(server);
        router::configure(app);
    }
}

/// Starts serving; answers where it listens (the port is chosen by the system when 0 was asked for)
/// and what to wait for.
///
/// # Errors
/// [`StartError`].
pub fn start(settings: Settings) -> Result<(SocketAddr, Running), StartError> {
    let (limits, tls) = (settings.limits, settings.behind_tls);
    let store = settings.store.clone();
    let mut server = Server::limited(settings.store, settings.objects, limits.clone())?;
    let announced = Announced::of(&store)?;
    server.secure_cookies = tls || !settings.listen.ip().is_loopback();
    server.behind_tls = tls;
    let failed = |error| StartError::Listen(settings.listen, error);
    let listener = TcpListener::bind(settings.listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let denials = server.denials.clone();
    housekeeping::start(server.photos.clone());
    let data = web::Data::new(server);
    let app = move || guarded(&data, tls);
    let connections = Connections::new(&limits);
    let listening = HttpServer::new(app)
        .workers(settings.workers)
        .max_connections(limits.counts.connections.div_ceil(settings.workers.max(1)))
        .client_request_timeout(limits.times.head)
        .on_connect(move |stream, data| connections.opened(stream, data))
        .worker_max_blocking_threads(BLOCKING_THREADS)
        .shutdown_timeout(5)
        .listen(listener)
        .map_err(failed)?
        .run();
    let presence = announced.keep_up().map_err(StartError::Thread)?;
    Ok((address, Running { listening, denials, presence }))
}
