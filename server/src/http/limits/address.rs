//! Where a request comes from: the other end of its connection, or what a proxy says of it that the
//! operator trusts. What stands in a header before that anybody can write.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

/// Which header a proxy writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Header {
    /// `X-Forwarded-For`, as nginx, HAProxy and most others do.
    #[default]
    XForwardedFor,
    /// `Forwarded` of RFC 7239.
    Forwarded,
}

/// The proxies whose word is taken. With none, the connection alone counts.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Their addresses.
    pub networks: Vec<IpNet>,
    /// The header that they write.
    pub header: Header,
}

/// Addresses that are one client as far as limits go: one of IPv4, or the network of 64 bits that
/// somebody with IPv6 has all of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::http) struct Client(IpAddr);

impl Client {
    /// The client of an address.
    pub(super) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(of_six) => {
                let network = of_six.to_bits() & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            of_four @ IpAddr::V4(_) => of_four,
        })
    }
}

impl Proxies {
    /// Whether an address is one of them.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Where a request comes from: the last address in the header that is no trusted proxy's. A proxy
    /// that says nothing that can be read is taken for the client itself.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let name = match self.header {
            Header::XForwardedFor => "x-forwarded-for",
            Header::Forwarded => "forwarded",
        };
        let lines: Vec<&str> =
            headers.get_all(name).map(|value| value.to_str().unwrap_or_default()).collect();
        let mut client = peer;
        for said in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let address = match self.header {
                Header::XForwardedFor => node(said),
                Header::Forwarded => said.split(';').find_map(of_element),
            };
            // What stands before something that is no address nobody vouches for.
            let Some(address) = address else { break };
            client = address;
            if !self.trusts(address) {
                break;
            }
        }
        client
    }
}

/// `for=…` of an element of `Forwarded`.
fn of_element(pair: &str) -> Option<IpAddr> {
    let (key, value) = pair.split_once('=')?;
    if key.trim().eq_ignore_ascii_case("for") { node(value.trim().trim_matches('"')) } else { None }
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = match text.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None if text.matches(':').count() == 1 => text.split(':').next()?,
        None => text,
    };
    IpAddr::from_str(bare).ok()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn proxies(header: Header) -> Proxies {
        let networks = ["10.0.0.0/8", "127.0.0.1/32"].map(|network| network.parse().unwrap());
        Proxies { networks: networks.to_vec(), header }
    }

    fn client(header: Header, peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for (name, lines) in [("x-forwarded-for", lines), ("forwarded", lines)] {
            for line in lines {
                let name = HeaderName::from_static(name);
                headers.append(name, HeaderValue::from_str(line).unwrap());
            }
        }
        proxies(header).client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxys_word_counts_and_of_that_the_last() {
        let of = |peer, lines: &[&str]| client(Header::XForwardedFor, peer, lines);
        assert_eq!(of("198.51.100.7", &["1.2.3.4"]), "198.51.100.7", "a client says so itself");
        assert_eq!(of("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(of("127.0.0.1", &["1.2.3.4, 203.0.113.9"]), "203.0.113.9", "1.2.3.4 is made up");
        assert_eq!(of("127.0.0.1", &["1.2.3.4", "203.0.113.9, 10.1.1.1"]), "203.0.113.9");
        assert_eq!(of("127.0.0.1", &["nonsense"]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &["1.2.3.4, nonsense, 10.1.1.1"]), "10.1.1.1");
        assert_eq!(of("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(of("::ffff:127.0.0.1", &["2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn the_header_of_the_rfc_is_read_when_the_proxy_writes_it_and_only_then() {
        let of = |lines: &[&str]| client(Header::Forwarded, "127.0.0.1", lines);
        assert_eq!(of(&["for=203.0.113.9;proto=https"]), "203.0.113.9");
        assert_eq!(of(&["for=1.2.3.4, proto=https;For=\"[2001:db8::2]:80\""]), "2001:db8::2");
        assert_eq!(of(&["for=unknown"]), "127.0.0.1");
        assert_eq!(client(Header::XForwardedFor, "127.0.0.1", &["for=203.0.113.9"]), "127.0.0.1");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let of = |text: &str| Client::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
