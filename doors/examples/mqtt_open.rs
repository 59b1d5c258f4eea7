//! An open MQTT broker on a loopback port, for suites that test brokers; with a certificate it speaks TLS beside.
//!
//! `cargo run --example mqtt_open -- PORT [TLS_PORT CHAIN.pem KEY.pem]`. Filters `nosubscribe` and `test/nosubscribe` are
//! denied, as the interoperability suite of Eclipse Paho expects of a broker that can refuse one.

#![expect(clippy::print_stdout, reason = "a command line tool")]

use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::Arc;

use baotu_doors::mqtt::{open_broker, tls_from_pem};
use baotu_vocabulary::{Chance, Moment, Surroundings};
use tokio::net::TcpListener;

/// The real clock; chance that is good enough for client identifiers of a laboratory.
struct Here;

impl Surroundings for Here {
    fn now(&self) -> Moment {
        jiff::Timestamp::now().into()
    }

    fn chance(&self) -> Chance {
        let draw = || RandomState::new().hash_one(self.now().micros()).to_le_bytes();
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&draw());
        chance[8..].copy_from_slice(&draw()[..2]);
        chance
    }
}

// One thread: see `open_broker`.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let port: u16 = arguments.first().map_or(Ok(0), |port| port.parse())?;
    let denied = ["nosubscribe", "test/nosubscribe"].map(str::to_owned).to_vec();
    let broker = open_broker(Arc::new(Here), denied);
    let plain = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("mqtt://{}", plain.local_addr()?);
    if let [_, port, chain, key] = &*arguments {
        let tls = tls_from_pem(Path::new(chain), Path::new(key))?;
        let listener = TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
        println!("mqtts://{}", listener.local_addr()?);
        let broker = broker.clone();
        tokio::spawn(async move { broker.serve(listener, Some(tls)).await });
    }
    tokio::select! {
        () = broker.serve(plain, None) => {}
        _ = tokio::signal::ctrl_c() => broker.close().await,
    }
    println!("{:#?}", broker.counts());
    Ok(())
}
