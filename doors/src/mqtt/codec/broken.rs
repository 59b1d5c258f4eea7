//! Every way in which a client's bytes, or the order in which it sends them, can be wrong.

/// Why a connection is ended by what its client sent; each has a name that is counted and a reason code of MQTT 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A frame longer than allowed (MQTT 5, 3.2.2.3.6).
    #[error("报文长 {bytes} 字节，最多 {bytes_max} 字节")]
    FrameTooLarge {
        /// Bytes that its header announces, the header left out.
        bytes: u32,
        /// Bytes that are allowed.
        bytes_max: u32,
    },
    /// A length of more than four bytes (1.5.5).
    #[error("长度字段超过四个字节")]
    LengthOverlong,
    /// A length or number that is not written in the fewest bytes (MQTT-1.5.5-1).
    #[error("变长整数没有用最少的字节书写")]
    LengthPadded,
    /// Packet type 0, or AUTH in MQTT 3.1.1 (2.1.2).
    #[error("没有这种报文")]
    TypeReserved,
    /// Reserved flags of the first byte (MQTT-2.1.3-1).
    #[error("报文首字节的保留位不对")]
    FlagsReserved,
    /// A packet that ends within a field.
    #[error("报文在一个字段中间结束")]
    Truncated,
    /// Bytes after the last field.
    #[error("报文末尾有多余的字节")]
    Trailing,
    /// A text that is not UTF-8 (MQTT-1.5.4-1).
    #[error("文本不是 UTF-8")]
    TextNotUtf8,
    /// A text with U+0000 (MQTT-1.5.4-2).
    #[error("文本含有 U+0000")]
    TextWithNul,
    /// A property that doesn't exist (2.2.2.2).
    #[error("没有这种属性")]
    PropertyUnknown,
    /// A property that may not stand in this packet (2.2.2.2).
    #[error("属性不能出现在这种报文里")]
    PropertyMisplaced,
    /// A property twice that may stand once.
    #[error("属性重复")]
    PropertyTwice,
    /// A property with a value that is not allowed.
    #[error("属性的值不允许")]
    PropertyValue,
    /// More user properties than allowed.
    #[error("用户属性太多")]
    PropertiesTooMany,
    /// Packet identifier 0 (MQTT-2.2.1-3).
    #[error("报文标识符为 0")]
    PacketIdZero,
    /// QoS 3 (MQTT-3.3.1-4).
    #[error("QoS 为 3")]
    QosThree,
    /// DUP with QoS 0 (MQTT-3.3.1-2).
    #[error("QoS 0 的报文带有 DUP")]
    DuplicateQos0,
    /// A topic name with a wildcard, or empty, or too long or deep (MQTT-3.3.2-2, 4.7.3-1).
    #[error("主题名无效")]
    TopicInvalid,
    /// A topic filter that is not well formed (4.7.1).
    #[error("主题过滤器无效")]
    FilterInvalid,
    /// A topic alias of 0, above the maximum, or never set (3.3.2.3.4).
    #[error("主题别名无效")]
    AliasInvalid,
    /// A protocol that is not MQTT (MQTT-3.1.2-1).
    #[error("协议名不是 MQTT")]
    ProtocolName,
    /// A version that is neither 3.1.1 nor 5 (MQTT-3.1.2-2).
    #[error("协议版本 {level} 不支持，支持 3.1.1 和 5")]
    ProtocolLevel {
        /// The level byte.
        level: u8,
    },
    /// Flags of CONNECT that contradict each other (3.1.2.3 to 3.1.2.9).
    #[error("CONNECT 的标志位不对")]
    ConnectFlags,
    /// The first packet is not CONNECT (MQTT-3.1.0-1).
    #[error("首个报文不是 CONNECT")]
    ConnectMissing,
    /// A second CONNECT (MQTT-3.1.0-2).
    #[error("重复的 CONNECT")]
    ConnectTwice,
    /// A packet that only a server sends, or only a client.
    #[error("报文方向不对")]
    Direction,
    /// A SUBSCRIBE or UNSUBSCRIBE without a filter (MQTT-3.8.3-2, 3.10.3-2).
    #[error("没有主题过滤器")]
    FiltersMissing,
    /// Reserved bits or values of subscription options (MQTT-3.8.3-5).
    #[error("订阅选项无效")]
    SubscribeOptions,
    /// No Local on a shared subscription (MQTT-3.8.3-4).
    #[error("共享订阅不能带 No Local")]
    SharedNoLocal,
    /// A reason code that this packet doesn't know.
    #[error("原因码无效")]
    ReasonUnknown,
    /// An acknowledgement of the wrong kind for its packet (4.3).
    #[error("确认与报文的 QoS 不符")]
    AckMismatch,
    /// More publishes under way than the receive maximum (3.3.4).
    #[error("未确认的报文超过接收上限")]
    ReceiveMaximum,
    /// A session expiry told at DISCONNECT that was 0 at CONNECT (3.14.2.2.2).
    #[error("会话有效期不能从 0 改大")]
    ExpiryRaised,
    /// AUTH without an authentication method at CONNECT (4.12).
    #[error("没有约定增强认证")]
    AuthUnexpected,
    /// A frame that was begun and not finished in time.
    #[error("报文没有按时发完")]
    FrameUnfinished,
    /// A client that connected and did not finish CONNECT in time.
    #[error("没有按时发完 CONNECT")]
    ConnectSlow,
    /// Nothing was heard for one and a half times the keep alive (MQTT-3.1.2-22).
    #[error("超过保活时间没有报文")]
    KeepAlive,
}

impl Broken {
    /// Its name, for counting.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FrameTooLarge { .. } => "frame_too_large",
            Self::LengthOverlong => "length_overlong",
            Self::LengthPadded => "length_padded",
            Self::TypeReserved => "type_reserved",
            Self::FlagsReserved => "flags_reserved",
            Self::Truncated => "truncated",
            Self::Trailing => "trailing",
            Self::TextNotUtf8 => "text_not_utf8",
            Self::TextWithNul => "text_with_nul",
            Self::PropertyUnknown => "property_unknown",
            Self::PropertyMisplaced => "property_misplaced",
            Self::PropertyTwice => "property_twice",
            Self::PropertyValue => "property_value",
            Self::PropertiesTooMany => "properties_too_many",
            Self::PacketIdZero => "packet_id_zero",
            Self::QosThree => "qos_three",
            Self::DuplicateQos0 => "duplicate_qos0",
            Self::TopicInvalid => "topic_invalid",
            Self::FilterInvalid => "filter_invalid",
            Self::AliasInvalid => "alias_invalid",
            Self::ProtocolName => "protocol_name",
            Self::ProtocolLevel { .. } => "protocol_level",
            Self::ConnectFlags => "connect_flags",
            Self::ConnectMissing => "connect_missing",
            Self::ConnectTwice => "connect_twice",
            Self::Direction => "direction",
            Self::FiltersMissing => "filters_missing",
            Self::SubscribeOptions => "subscribe_options",
            Self::SharedNoLocal => "shared_no_local",
            Self::ReasonUnknown => "reason_unknown",
            Self::AckMismatch => "ack_mismatch",
            Self::ReceiveMaximum => "receive_maximum",
            Self::ExpiryRaised => "expiry_raised",
            Self::AuthUnexpected => "auth_unexpected",
            Self::FrameUnfinished => "frame_unfinished",
            Self::ConnectSlow => "connect_slow",
            Self::KeepAlive => "keep_alive",
        }
    }

    /// The reason code of MQTT 5 (2.4) that says it.
    #[must_use]
    pub fn reason(self) -> u8 {
        match self {
            Self::FrameTooLarge { .. } => 0x95,
            Self::TopicInvalid => 0x90,
            Self::FilterInvalid => 0x8F,
            Self::AliasInvalid => 0x94,
            Self::ProtocolName | Self::ProtocolLevel { .. } => 0x84,
            Self::ReceiveMaximum => 0x93,
            Self::PropertiesTooMany => 0x97,
            Self::FrameUnfinished | Self::ConnectSlow | Self::KeepAlive => 0x8D,
            Self::PropertyMisplaced
            | Self::PropertyTwice
            | Self::PropertyValue
            | Self::PacketIdZero
            | Self::ConnectMissing
            | Self::ConnectTwice
            | Self::Direction
            | Self::FiltersMissing
            | Self::SharedNoLocal
            | Self::ReasonUnknown
            | Self::AckMismatch
            | Self::ExpiryRaised
            | Self::AuthUnexpected => 0x82,
            _ => 0x81,
        }
    }
}
