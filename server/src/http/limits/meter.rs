//! What is counted for one server: the buckets and the counts of everybody.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use sync_protocol::codes;
use sync_protocol::ids::{DeviceId, PersonId};

use super::address::Client;
use super::bucket::Buckets;
use super::counts::{Count, Held};
use super::kind::Kind;
use super::{Limits, Rate};
use crate::http::error::ApiError;

/// How long somebody waits who comes while too much is under way. A fault that passes has no such time:
/// it may be over at once.
const BUSY_WAIT: Duration = Duration::from_secs(3);

/// What is counted, of everybody.
pub(in crate::http) struct Meter {
    pub(super) limits: Limits,
    address: Option<ByAddress>,
    device: Buckets<DeviceId>,
    person: Buckets<PersonId>,
    requests: Count<Client>,
    all_waits: Count<()>,
    waits: Count<DeviceId>,
}

struct ByAddress {
    all: Buckets<Client>,
    enrolment: Buckets<Client>,
    proof: Buckets<Client>,
    sign_in: Buckets<Client>,
    public: Buckets<Client>,
}

impl ByAddress {
    fn of(&self, kind: Kind) -> Option<&Buckets<Client>> {
        match kind {
            Kind::Enrolment => Some(&self.enrolment),
            Kind::Proof => Some(&self.proof),
            Kind::SignIn => Some(&self.sign_in),
            Kind::Public => Some(&self.public),
            Kind::Wait | Kind::Bundle | Kind::Health | Kind::Other => None,
        }
    }
}

/// A request that was let in; it is under way as long as this is held.
pub(in crate::http) enum Entry {
    /// A poll.
    Wait { _held: Held<()> },
    /// Any other.
    Request { _held: Held<Client> },
}

impl Meter {
    /// Counts by these limits.
    pub(in crate::http) fn new(limits: Limits) -> Self {
        let (rates, counts) = (&limits.rates, &limits.counts);
        let by_address = |all: Rate| ByAddress {
            all: Buckets::new(all),
            enrolment: Buckets::new(rates.enrolment),
            proof: Buckets::new(rates.proof),
            sign_in: Buckets::new(rates.sign_in),
            public: Buckets::new(rates.public),
        };
        Self {
            address: rates.address.map(by_address),
            device: Buckets::new(rates.device),
            person: Buckets::new(rates.person),
            requests: Count::new(counts.requests, counts.address_requests),
            all_waits: Count::new(counts.waits, counts.waits),
            waits: Count::new(counts.waits, counts.device_waits),
            limits,
        }
    }

    /// The address that a request comes from, which a trusted proxy says.
    pub(in crate::http) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        self.limits.proxies.client(peer, headers)
    }

    /// Lets a request in that comes from a client.
    ///
    /// # Errors
    /// [`codes::TOO_MANY_REQUESTS`] when it asks too often, [`codes::BUSY`] when too many are under
    /// way.
    pub(super) fn enter(&self, kind: Kind, client: Client) -> Result<Entry, ApiError> {
        if let Some(address) = &self.address {
            address.all.take(&client).map_err(too_often)?;
            address.of(kind).map_or(Ok(()), |of_kind| of_kind.take(&client)).map_err(too_often)?;
        }
        let busy = || ApiError::later(&codes::BUSY, BUSY_WAIT);
        if kind == Kind::Wait {
            return Ok(Entry::Wait { _held: self.all_waits.take(()).ok_or_else(busy)? });
        }
        Ok(Entry::Request { _held: self.requests.take(client).ok_or_else(busy)? })
    }

    /// Counts a request of a device that proved its key.
    ///
    /// # Errors
    /// [`codes::TOO_MANY_REQUESTS`].
    pub(in crate::http) fn device(&self, device: DeviceId) -> Result<(), ApiError> {
        self.device.take(&device).map_err(too_often)
    }

    /// Counts a request of somebody who signed in.
    ///
    /// # Errors
    /// [`codes::TOO_MANY_REQUESTS`].
    pub(in crate::http) fn person(&self, person: PersonId) -> Result<(), ApiError> {
        self.person.take(&person).map_err(too_often)
    }

    /// A poll of a device, under way as long as the answer is held.
    ///
    /// # Errors
    /// [`codes::TOO_MANY_REQUESTS`] when others of it are.
    pub(in crate::http) fn wait(&self, device: DeviceId) -> Result<Held<DeviceId>, ApiError> {
        self.waits.take(device).ok_or_else(|| too_often(self.limits.times.head))
    }
}

fn too_often(wait: Duration) -> ApiError {
    ApiError::later(&codes::TOO_MANY_REQUESTS, wait)
}
