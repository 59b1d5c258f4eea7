//! Content digests of declarations, so that a record can say under which text it was decided.

use sm3::{Digest, Sm3};

/// SM3 of the parts, each with its length before it, as 64 hexadecimal digits.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut sum = Sm3::new();
    for part in parts {
        sum.update((part.len() as u64).to_be_bytes());
        sum.update(part.as_bytes());
    }
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
