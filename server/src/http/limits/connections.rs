//! Connections: so many of one address, none on which nothing happens, none whose client does not take
//! what it asked for. HTTP's own clock watches the first head of a connection alone; this one watches
//! every moment in which no request is under way.

use std::any::Any;
use std::net::IpAddr;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt;
use actix_web::rt::net::TcpStream;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{Shutdown, shutdown, sockopt};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::Limits;
use super::address::{Client, Proxies};
use super::counts::{Count, Held};

/// How long a client has to read an answer that came before its body's end.
const LINGER: Duration = Duration::from_secs(1);

/// The connections of one server.
#[derive(Clone)]
pub(in crate::http) struct Connections {
    count: Count<Client>,
    proxies: Proxies,
    silence: Duration,
    answer: Duration,
}

/// What is known of one connection. It is dropped with it.
struct Connection {
    activity: Rc<Activity>,
    watch: rt::task::JoinHandle<()>,
    _held: Option<Held<Client>>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// How many requests were begun and ended on it.
#[derive(Default)]
pub(super) struct Activity {
    begun: AtomicU64,
    ended: AtomicU64,
    /// A request was answered of whose body more comes, nobody knows how much.
    unwanted: Notify,
}

/// A request under way on a connection.
pub(super) struct UnderWay(Rc<Activity>);

impl UnderWay {
    /// What still comes of the body need not come: HTTP's own code would read it to its end.
    pub(super) fn rest_is_not_wanted(&self) {
        self.0.unwanted.notify_one();
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// Notes that a request is under way, as long as the answer is held.
pub(super) fn under_way(request: &actix_web::HttpRequest) -> Option<UnderWay> {
    let activity = Rc::clone(&request.conn_data::<Connection>()?.activity);
    activity.begun.fetch_add(1, Ordering::Relaxed);
    Some(UnderWay(activity))
}

impl Connections {
    /// None yet.
    pub(in crate::http) fn new(limits: &Limits) -> Self {
        let counts = &limits.counts;
        Self {
            count: Count::new(usize::MAX, counts.address_connections),
            proxies: limits.proxies.clone(),
            silence: limits.times.head,
            answer: limits.times.answer,
        }
    }

    /// A new connection: it is watched, or closed at once.
    pub(in crate::http) fn opened(&self, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<TcpStream>() else { return };
        let Ok(peer) = stream.peer_addr() else { return };
        let millis = u32::try_from(self.answer.as_millis()).unwrap_or(u32::MAX);
        let timed = sockopt::set_tcp_user_timeout(stream, millis);
        let descriptor = rustix::io::dup(stream);
        match (self.take(peer.ip()), descriptor, timed) {
            (Ok(held), Ok(descriptor), Ok(())) => {
                let activity = Rc::new(Activity::default());
                let watch = rt::spawn(watch(Rc::clone(&activity), descriptor, self.silence));
                data.insert(Connection { activity, watch, _held: held });
            }
            _ => close(stream),
        }
    }

    /// Counts it, unless it comes from a proxy that speaks for many.
    fn take(&self, peer: IpAddr) -> Result<Option<Held<Client>>, ()> {
        if self.proxies.trusts(peer) {
            return Ok(None);
        }
        self.count.take(Client::of(peer)).map(Some).ok_or(())
    }
}

/// Closes a connection once no request was begun on it or ended for so long, and nothing was on its way
/// to the client.
async fn watch(activity: Rc<Activity>, descriptor: OwnedFd, silence: Duration) {
    let now = || {
        let (begun, ended) = (&activity.begun, &activity.ended);
        (begun.load(Ordering::Relaxed), ended.load(Ordering::Relaxed), is_sending(&descriptor))
    };
    let mut before = now();
    loop {
        tokio::select! {
            () = sleep(silence) => {}
            () = activity.unwanted.notified() => {
                sleep(LINGER).await;
                return close(&descriptor);
            }
        }
        let (begun, ended, sending) = now();
        if !sending && begun == ended && before == (begun, ended, sending) {
            return close(&descriptor);
        }
        before = (begun, ended, sending);
    }
}

/// Whether more lies ready for the client than the operating system takes.
fn is_sending(descriptor: &OwnedFd) -> bool {
    let mut looked = [PollFd::new(descriptor, PollFlags::OUT)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    matches!(poll(&mut looked, Some(&at_once)), Ok(0))
}

fn close(socket: impl std::os::fd::AsFd) {
    // One that is closed already is closed.
    let _ = shutdown(socket, Shutdown::Both);
}
