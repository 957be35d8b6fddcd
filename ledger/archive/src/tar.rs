//! A tar with one spelling: ustar headers of regular files, in order of their paths, without owners, and with
//! one time for all.
//!
//! **Invariant:** [`decode`] accepts a header only if [`encode`] makes the same 512 bytes of what it says, so a
//! changed bit in any header is noticed.

/// Bytes of a header, and the unit contents are padded to.
pub const BLOCK_BYTES: usize = 512;
/// Two empty blocks end the file.
pub const END_BYTES: usize = 1024;

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub size_bytes: u64,
}

/// Zeros that follow a content of this size.
#[must_use]
pub const fn padding(size_bytes: u64) -> usize {
    let over = size_bytes % 512;
    if over == 0 { 0 } else { 512usize.saturating_sub(over as usize) }
}

/// The header of a file; nothing when path or size do not fit one.
#[must_use]
pub fn encode(entry: &Entry) -> Option<[u8; BLOCK_BYTES]> {
    let (prefix, name) =
        if entry.path.len() <= 100 { ("", entry.path.as_str()) } else { entry.path.rsplit_once('/')? };
    if name.is_empty() || name.len() > 100 || prefix.len() > 155 || entry.size_bytes >= 1 << 33 {
        return None;
    }
    let mut header = [0; BLOCK_BYTES];
    let mut put = |at: usize, bytes: &[u8]| {
        header.iter_mut().skip(at).zip(bytes).for_each(|(place, byte)| *place = *byte);
    };
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", entry.size_bytes).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    put(345, prefix.as_bytes());
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).fold(0, u64::saturating_add);
    let sum = format!("{sum:06o}\0 ");
    header.iter_mut().skip(148).zip(sum.bytes()).for_each(|(place, byte)| *place = byte);
    Some(header)
}

/// Reads a header.
#[must_use]
pub fn decode(header: &[u8; BLOCK_BYTES]) -> Option<Entry> {
    let field = |at: usize, length: usize| {
        let bytes = header.get(at..at.checked_add(length)?)?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(length);
        std::str::from_utf8(bytes.get(..end)?).ok()
    };
    let (name, prefix, size) = (field(0, 100)?, field(345, 155)?, field(124, 12)?);
    let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
    let entry = Entry { path, size_bytes: u64::from_str_radix(size, 8).ok()? };
    (encode(&entry)? == *header).then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_header_counts() {
        for path in
            ["a/bagit.txt".to_owned(), format!("{}/data/{}-招标公告.pdf", "p".repeat(64), "0".repeat(64))]
        {
            let entry = Entry { path, size_bytes: 12_345 };
            let header = encode(&entry).unwrap();
            assert_eq!(decode(&header), Some(entry.clone()));
            for bit in 0..BLOCK_BYTES * 8 {
                let mut changed = header;
                changed[bit / 8] ^= 1 << (bit % 8);
                assert_ne!(decode(&changed), Some(entry.clone()), "bit {bit}");
            }
        }
        assert_eq!(encode(&Entry { path: "a".repeat(101), size_bytes: 0 }), None);
        assert_eq!(encode(&Entry { path: "a".into(), size_bytes: 1 << 33 }), None);
        assert_eq!((padding(0), padding(1), padding(512), padding(513)), (0, 511, 0, 511));
    }
}
