//! Bytes of memory that an idle MQTT session costs the broker: it runs in a process of its own, real connections are
//! opened to it, each subscribes to its commands, and the growth of its resident memory is told.
//!
//! `cargo run --release --example mqtt_idle -- 10000 [tls]`; the process needs as many file handles (`ulimit -n`).

#![expect(clippy::print_stdout, reason = "a command line tool")]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use baotu_doors::mqtt::{open_broker, tls};
use baotu_vocabulary::{Chance, Moment, Surroundings};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio::net::TcpListener;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto};

/// Sessions when nothing else is asked for.
const SESSIONS: usize = 10_000;
/// Sessions that are opened before the first look, so that what is there once is not counted.
const WARM: usize = 100;

/// Time and chance, of which this example needs neither.
struct Still;

impl Surroundings for Still {
    fn now(&self) -> Moment {
        Moment::from_micros(0)
    }

    fn chance(&self) -> Chance {
        [0; 10]
    }
}

/// The broker's process, ended with this one.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a client is kept open by.
trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_tls = arguments.get(1).is_some_and(|argument| argument == "tls");
    let first = arguments.first();
    if first.is_some_and(|argument| argument == "broker") {
        return serve(is_tls);
    }
    let sessions: usize = first.map_or(Ok(SESSIONS), |count| count.parse())?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("broker").args(is_tls.then_some("tls")).stdout(Stdio::piped());
    let mut broker = Process(command.spawn()?);
    let mut told = BufReader::new(broker.0.stdout.take().ok_or("no output")?);
    let mut address = String::new();
    told.read_line(&mut address)?;
    let address = address.trim();
    let config = if is_tls { Some(trust(&mut told)?) } else { None };

    let mut open = Vec::with_capacity(sessions + WARM);
    for number in 0..WARM {
        open.push(session(address, number, config.clone())?);
    }
    let before = resident_bytes(broker.0.id())?;
    let begun = Instant::now();
    for number in WARM..WARM + sessions {
        open.push(session(address, number, config.clone())?);
    }
    let seconds = begun.elapsed().as_secs_f64();
    // Buffers that the last connections used are given back when their tasks are polled again.
    std::thread::sleep(Duration::from_secs(1));
    let after = resident_bytes(broker.0.id())?;
    let each = after.saturating_sub(before) / sessions as u64;
    println!(
        "{sessions} sessions in {seconds:.1} s; {before} -> {after} bytes resident; {each} bytes a session"
    );
    Ok(())
}

/// The broker: tells its address, and its certificate when it has one.
#[tokio::main]
async fn serve(is_tls: bool) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let acceptor = if is_tls {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()])?;
        println!("{}", cert.pem());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        Some(tls(vec![cert.der().clone()], key)?)
    } else {
        None
    };
    open_broker(Arc::new(Still), Vec::new()).serve(listener, acceptor).await;
    Ok(())
}

/// TLS that trusts the certificate that `told` begins with.
fn trust(told: &mut impl BufRead) -> Result<Arc<ClientConfig>, Box<dyn Error>> {
    let mut pem = String::new();
    while !pem.contains("-----END CERTIFICATE-----") {
        told.read_line(&mut pem)?;
    }
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes())?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// A client that is connected, subscribed to its commands, and says nothing more.
fn session(
    address: &str,
    number: usize,
    config: Option<Arc<ClientConfig>>,
) -> Result<Box<dyn Wire>, Box<dyn Error>> {
    let tcp = TcpStream::connect(address)?;
    let mut stream: Box<dyn Wire> = match config {
        Some(config) => {
            let name = ServerName::try_from("localhost")?;
            Box::new(StreamOwned::new(ClientConnection::new(config, name)?, tcp))
        }
        None => Box::new(tcp),
    };
    let id = format!("device-{number:06}");
    let mut connect = vec![0x10, 10 + 2 + id.len() as u8, 0, 4];
    connect.extend_from_slice(b"MQTT\x04\x02\x02\x58\x00");
    connect.push(id.len() as u8);
    connect.extend_from_slice(id.as_bytes());
    stream.write_all(&connect)?;
    let filter = format!("things/{id}/commands/#");
    let mut subscribe = vec![0x82, 2 + 2 + filter.len() as u8 + 1, 0, 1, 0, filter.len() as u8];
    subscribe.extend_from_slice(filter.as_bytes());
    subscribe.push(1);
    stream.write_all(&subscribe)?;
    let mut answers = [0; 9];
    stream.read_exact(&mut answers)?;
    if answers != [0x20, 2, 0, 0, 0x90, 3, 0, 1, 1] {
        return Err(format!("the broker answered {answers:x?}").into());
    }
    Ok(stream)
}

fn resident_bytes(process: u32) -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024)
}
