//! What the broker allows, each with its unit.

/// The limits of a broker; `Default` is for a city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one packet, header included; told to MQTT 5 clients as Maximum Packet Size.
    pub packet_bytes_max: u32,
    /// Seconds from the TCP connection to a whole CONNECT that is let in; the TLS handshake counts too.
    pub connect_seconds_max: u64,
    /// Seconds in which a packet that was begun must be whole.
    pub frame_seconds_max: u64,
    /// Connections open at once; the next is closed unread.
    pub connections_max: usize,
    /// Sessions kept, connected or not.
    pub sessions_max: usize,
    /// Seconds that a session may outlive its connection, whatever its client asks for.
    pub session_seconds_max: u32,
    /// Seconds of keep alive that an MQTT 5 client is held to when it asks for more or none (Server Keep Alive). An
    /// MQTT 3.1.1 client can't be told and keeps its own.
    pub keep_alive_seconds_max: u16,
    /// Publishes of one connection that are with the sink or not completed; told to MQTT 5 clients as Receive Maximum.
    pub publishes_in_flight_max: u16,
    /// Bytes of payload of one connection that are with the sink; above it, its socket is not read.
    pub in_flight_bytes_max: usize,
    /// Messages of QoS 1 and 2 to one client that wait for its acknowledgement.
    pub deliveries_in_flight_max: u16,
    /// Messages that wait for one session, connected or not; what comes after is dropped and counted.
    pub queue_messages_max: usize,
    /// Bytes of payloads that wait for one session.
    pub queue_bytes_max: usize,
    /// Subscriptions of one session.
    pub subscriptions_max: usize,
    /// Levels of a topic name or filter.
    pub topic_levels_max: usize,
    /// Bytes of a topic name or filter.
    pub topic_bytes_max: usize,
    /// Topic aliases that a client may set on one connection; told as Topic Alias Maximum.
    pub topic_aliases_max: u16,
    /// Topics with a retained message.
    pub retained_max: usize,
    /// Bytes of payload of all retained messages.
    pub retained_bytes_max: usize,
    /// Bytes of a client identifier.
    pub client_id_bytes_max: usize,
    /// Seconds that a connection waits for the former one of the same session to settle with the sink.
    pub settle_seconds_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            packet_bytes_max: 256 * 1024,
            connect_seconds_max: 10,
            frame_seconds_max: 60,
            connections_max: 50_000,
            sessions_max: 100_000,
            session_seconds_max: 7 * 24 * 3_600,
            keep_alive_seconds_max: 1_200,
            publishes_in_flight_max: 256,
            in_flight_bytes_max: 1024 * 1024,
            deliveries_in_flight_max: 64,
            queue_messages_max: 1_000,
            queue_bytes_max: 1024 * 1024,
            subscriptions_max: 100,
            topic_levels_max: 16,
            topic_bytes_max: 1_024,
            topic_aliases_max: 32,
            retained_max: 200_000,
            retained_bytes_max: 64 * 1024 * 1024,
            client_id_bytes_max: 256,
            settle_seconds_max: 10,
        }
    }
}
