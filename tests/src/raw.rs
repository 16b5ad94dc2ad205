//! A client that says what bytes it likes, as slowly as it likes, from an address of its own.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection.
#[derive(Debug)]
pub struct Raw(TcpStream);

impl Raw {
    /// Connects to the server of an address like `http://127.0.0.1:12345`.
    pub fn connect(url: &str) -> Self {
        Self::from_address(url, Ipv4Addr::LOCALHOST)
    }

    /// The same from another of this machine's own addresses, 127.0.0.2 say.
    pub fn from_address(url: &str, address: Ipv4Addr) -> Self {
        let server: SocketAddr = url.trim_start_matches("http://").parse().expect("an address");
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.bind(&SocketAddr::from((address, 0)).into()).expect("a port");
        socket.connect(&server.into()).expect("the server listens");
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
        Self(stream)
    }

    /// Sends bytes; whether the server still takes them.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).is_ok()
    }

    /// What the server says until it closes the connection.
    ///
    /// # Panics
    /// When it does not within a minute.
    pub fn until_closed(&mut self) -> String {
        let mut said = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match self.0.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => said.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
                Err(error) => panic!("the server keeps the connection open: {error}"),
            }
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    /// What the server says up to some words.
    pub fn until(&mut self, words: &str) -> String {
        let mut said = String::new();
        let mut byte = [0];
        while !said.ends_with(words) {
            assert_eq!(self.0.read(&mut byte).expect("an answer"), 1, "it ended at {said}");
            said.push(char::from(byte[0]));
        }
        said
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
