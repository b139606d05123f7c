//! `examples/axum.rs`, started on a loopback port and asked over HTTP.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

#[path = "../../examples/axum.rs"]
#[expect(dead_code, reason = "the test starts the server itself, on a port that is free")]
mod example;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::SystemTime;

use countersign::senders::STRIPE;
use countersign::{Signer, UnixTime, Verifier};

const SECRET: &str = "whsec_test";
const BODY: &str = r#"{"id":"evt_1","type":"invoice.paid"}"#;

/// Starts the example's server on a free port. Its thread ends with the test process.
fn start() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let app = example::app(Verifier::new(&STRIPE, [SECRET]).unwrap());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address
}

/// Posts a body and returns the status line of the response.
fn post(address: SocketAddr, headers: &[(String, String)], body: &str) -> String {
    let headers: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let length = body.len();
    let request = format!(
        "POST /hooks HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    let mut connection = TcpStream::connect(address).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    response.lines().next().unwrap().to_owned()
}

#[test]
fn a_genuine_delivery_gets_200_and_a_tampered_one_401() {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let headers = Signer::new(&STRIPE, SECRET).unwrap().sign("", BODY.as_bytes(), UnixTime::from_secs(now.as_secs()));
    let address = start();
    assert_eq!(post(address, &headers, BODY), "HTTP/1.1 200 OK");
    let tampered = BODY.replace("evt_1", "evt_2");
    assert_eq!(post(address, &headers, &tampered), "HTTP/1.1 401 Unauthorized");
    assert_eq!(post(address, &[], BODY), "HTTP/1.1 401 Unauthorized");
}
