//! Which of the server's limits an operator sets; the others stand in `http/limits.rs`.

use clap::Args;
use ipnet::IpNet;

use crate::http::Limits;
use crate::http::limits::Rate;
use crate::http::limits::address::{Header, Proxies};

/// The limits.
#[derive(Args)]
pub(super) struct LimitArgs {
    /// Address or network of a proxy whose word is taken for where a request comes from, e.g.
    /// 127.0.0.1 or 10.0.0.0/8. May be said several times, or with commas.
    #[arg(long, env = "DOORSTEP_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    trusted_proxy: Vec<IpNet>,
    /// The header in which they say it.
    #[arg(long, value_enum, default_value_t)]
    proxy_header: Header,
    /// Browsers come by TLS, which a proxy speaks: they are told to do so always.
    #[arg(long, env = "DOORSTEP_BEHIND_TLS")]
    pub(super) behind_tls: bool,
    /// Requests a minute from one address, ten seconds' worth of them at once; 0 leaves everything that
    /// counts by address to a proxy.
    #[arg(long, value_name = "REQUESTS", default_value_t = 12_000)]
    address_rate: u32,
    /// Connections of one address; a quarter as many of its requests may be under way.
    #[arg(long, value_name = "CONNECTIONS", default_value_t = 512)]
    address_connections: usize,
    /// MiB that are kept in a day of what one revoked phone hands in.
    #[arg(long, value_name = "MIB", default_value_t = 2_048)]
    hand_in_a_day: u64,
}

impl LimitArgs {
    /// The limits as they are said, the others as they are.
    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        let burst = self.address_rate / 6;
        limits.rates.address = (self.address_rate > 0).then(|| Rate::new(burst, self.address_rate));
        limits.counts.address_connections = self.address_connections;
        limits.counts.address_requests =
            (self.address_connections / 4).clamp(1, limits.counts.requests);
        limits.hand_in_a_day = self.hand_in_a_day.saturating_mul(1024 * 1024);
        limits.proxies =
            Proxies { networks: self.trusted_proxy.clone(), header: self.proxy_header };
        limits
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    text.parse().or_else(|_| address()).map_err(|_| {
        "is no address and no network: name the proxy as 192.0.2.1 or 192.0.2.0/24".to_owned()
    })
}
