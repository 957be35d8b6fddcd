//! The tar of an archive: one spelling when it is written, every usual one when it is read.
//!
//! **Invariant:** [`encode`] writes ustar headers of regular files in order of their paths, without owners and with one
//! time for all; [`decode`] takes what GNU tar, bsdtar, pax and others make of the same files, and nothing whose checksum
//! does not hold, so that a changed bit in any header is noticed. Nothing is unpacked: what a header says is an offer, and
//! its sizes and names are bounded by who reads.

/// Bytes of a header, and the unit contents are padded to.
pub const BLOCK_BYTES: usize = 512;
/// Two empty blocks end the file.
pub const END_BYTES: usize = 1024;
/// Longest data of a header that is about the next member: its name, or pax records.
pub const ABOUT_BYTES_MAX: u64 = 64 * 1024;
/// Digits of a number in a pax record.
const PAX_DIGITS_MAX: usize = 15;
/// The earliest time a member is written with, 1980-01-02 in seconds: some unpackers refuse older ones.
pub const MODIFIED_S_MIN: u64 = 315_619_200;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub size_bytes: u64,
    /// Seconds since 1970.
    pub modified_s: u64,
}

/// What a header is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    /// Symbolic or hard.
    Link,
    /// GNU: the data are the next member's name.
    LongName,
    /// GNU: the data are the name the next link leads to.
    LongLink,
    /// pax: the data are records about the next member.
    Extended,
    /// pax: the data are records about all that follow.
    Global,
    /// A device, a pipe, a sparse file, a part of a volume, or what nobody knows.
    Other,
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// As written, where it is UTF-8; else with replacement characters, and so the name of no file of an archive.
    pub path: String,
    pub size_bytes: u64,
    pub kind: Kind,
}

/// Zeros that follow a content of this size.
#[must_use]
pub const fn padding(size_bytes: u64) -> usize {
    let over = size_bytes % 512;
    if over == 0 { 0 } else { 512usize.saturating_sub(over as usize) }
}

/// The header of a file; nothing when path, size or time do not fit one.
#[must_use]
pub fn encode(entry: &Entry) -> Option<[u8; BLOCK_BYTES]> {
    let (prefix, name) =
        if entry.path.len() <= 100 { ("", entry.path.as_str()) } else { entry.path.rsplit_once('/')? };
    if name.is_empty() || name.len() > 100 || prefix.len() > 155 {
        return None;
    }
    if entry.size_bytes.max(entry.modified_s) >= 1 << 33 {
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
    put(136, format!("{:011o}\0", entry.modified_s).as_bytes());
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    put(345, prefix.as_bytes());
    let sum = format!("{:06o}\0 ", sum_of(&header));
    header.iter_mut().skip(148).zip(sum.bytes()).for_each(|(place, byte)| *place = byte);
    Some(header)
}

/// The sum of a header's bytes, those of its checksum taken for spaces.
fn sum_of(header: &[u8; BLOCK_BYTES]) -> u64 {
    let byte = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) };
    header.iter().enumerate().map(byte).fold(0, u64::saturating_add)
}

/// Reads a header of ustar, pax, GNU or Version 7 form; nothing where its checksum does not hold or it has no size.
#[must_use]
pub fn decode(header: &[u8; BLOCK_BYTES]) -> Option<Header> {
    let ustar = header.get(257..263) == Some(b"ustar\0");
    let field = header.get(148..156)?;
    // The older forms fill with spaces, where a changed bit of a zero would go unnoticed.
    if (ustar && field.first() == Some(&b' ')) || checksum(field)? != sum_of(header) {
        return None;
    }
    let text = |at: usize, length: usize| {
        let bytes = header.get(at..at.saturating_add(length)).unwrap_or_default();
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
    };
    let prefix = if ustar { text(345, 155) } else { String::new() };
    let name = text(0, 100);
    let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
    let kind = match header.get(156)? {
        b'0' | 0 if path.ends_with('/') => Kind::Folder,
        b'0' | 0 | b'7' => Kind::File,
        b'1' | b'2' => Kind::Link,
        b'5' | b'D' => Kind::Folder,
        b'L' => Kind::LongName,
        b'K' => Kind::LongLink,
        b'x' | b'X' => Kind::Extended,
        b'g' => Kind::Global,
        _ => Kind::Other,
    };
    Some(Header { path, size_bytes: size(header.get(124..136)?)?, kind })
}

/// Six digits, a zero and a space as nearly all write it; or seven digits and one of the two.
fn checksum(field: &[u8]) -> Option<u64> {
    let digits = match field {
        [digits @ .., 0, b' '] => digits,
        [digits @ .., 0 | b' '] => digits,
        _ => return None,
    };
    octal(digits)
}

/// Octal digits, or as GNU writes large numbers: bytes behind a first bit that is set.
fn size(field: &[u8]) -> Option<u64> {
    match field {
        [0x80, 0, 0, 0, bytes @ ..] => bytes.try_into().ok().map(u64::from_be_bytes),
        [0x80..=0xff, ..] => None,
        _ => {
            let begin = field.iter().position(|byte| *byte != b' ')?;
            octal(field.get(begin..)?.split(|byte| matches!(byte, 0 | b' ')).next()?)
        }
    }
}

fn octal(field: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(field).ok()?.trim_start_matches(' ');
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| u64::from_str_radix(digits, 8).ok()).flatten()
}

/// The records of a pax header, `<length> <keyword>=<value>\n` each; nothing where one is not of that form.
#[must_use]
pub fn records(data: &[u8]) -> Option<Vec<(&str, &[u8])>> {
    let mut found = Vec::new();
    let mut rest = data;
    while rest.first().is_some_and(|byte| *byte != 0) {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let length = usize::try_from(number(rest.get(..space)?)?).ok()?;
        let (record, after) = rest.split_at_checked(length)?;
        let record = record.get(space.checked_add(1)?..)?.strip_suffix(b"\n")?;
        let equals = record.iter().position(|byte| *byte == b'=')?;
        let (keyword, value) = record.split_at_checked(equals)?;
        found.push((std::str::from_utf8(keyword).ok()?, value.get(1..)?));
        rest = after;
    }
    Some(found)
}

/// A decimal number of a pax record: at most 15 digits, so that every program that judges a tar reads the same one, also
/// where numbers are floating point. No file here is a petabyte.
#[must_use]
pub fn number(text: &[u8]) -> Option<u64> {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let all = (1..=PAX_DIGITS_MAX).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    if all { std::str::from_utf8(digits).ok()?.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_header_counts() {
        for path in
            ["a/bagit.txt".to_owned(), format!("{}/data/{}-招标公告.pdf", "p".repeat(64), "0".repeat(64))]
        {
            let entry = Entry { path: path.clone(), size_bytes: 12_345, modified_s: MODIFIED_S_MIN };
            let header = encode(&entry).unwrap();
            let said = Header { path, size_bytes: 12_345, kind: Kind::File };
            assert_eq!(decode(&header), Some(said));
            for bit in 0..BLOCK_BYTES * 8 {
                let mut changed = header;
                changed[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(decode(&changed), None, "bit {bit}");
            }
        }
        let entry = |path: String, size_bytes| Entry { path, size_bytes, modified_s: 0 };
        assert_eq!(encode(&entry("a".repeat(101), 0)), None);
        assert_eq!(encode(&entry("a".into(), 1 << 33)), None);
        assert_eq!((padding(0), padding(1), padding(512), padding(513)), (0, 511, 0, 511));
    }

    #[test]
    fn records_of_pax_are_read_and_broken_ones_are_none() {
        assert_eq!(
            records(b"19 path=a/\xe6\xa0\x87.txt\n12 size=1024\n6 a=\n\0\0"),
            None,
            "a length that is wrong"
        );
        let path = "path=a/标.txt";
        let line = format!("{} {path}\n13 size=1024\n", path.len() + 4);
        let found = records(line.as_bytes()).unwrap();
        assert_eq!(found, [("path", "a/标.txt".as_bytes()), ("size", b"1024".as_slice())]);
        for broken in ["x", "5", "9999 a=b\n", "6 a=b ", "5 ab\n", "0 a=b\n", "18446744073709551616 a=b\n"] {
            assert_eq!(records(broken.as_bytes()), None, "{broken}");
        }
    }

    /// The same in `api/web/archive/tar.js`, whose test has the same numbers.
    #[test]
    fn a_number_of_pax_has_fifteen_digits_at_most() {
        for (text, value) in [
            ("0", Some(0)),
            ("+12", Some(12)),
            ("000000000000012", Some(12)),
            ("999999999999999", Some(999_999_999_999_999)),
            ("0000000000000012", None),
            ("1000000000000000", None),
            ("", None),
            ("+", None),
            ("++1", None),
            ("-1", None),
            ("1e3", None),
            (" 1", None),
        ] {
            assert_eq!(number(text.as_bytes()), value, "{text:?}");
        }
        assert_eq!(records(b"0000000000000022 a=bc\n"), None, "also the length of a record");
        assert_eq!(records(b"000000000000021 a=bc\n"), Some(vec![("a", b"bc".as_slice())]));
    }

    #[test]
    fn sizes_and_checksums_are_read_as_programs_write_them() {
        assert_eq!(size(b"00000030071\0"), Some(12_345));
        assert_eq!(size(b"      30071 "), Some(12_345));
        assert_eq!(size(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Some(1 << 33));
        assert_eq!(size(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), None);
        assert_eq!(size(b"\x80\0\0\x01\0\0\0\0\0\0\0\0"), None);
        assert_eq!((size(b"0000000008\0\0"), size(&[0; 12])), (None, None));
        let sums: [&[u8]; 4] = [b"012345\0 ", b" 12345\0 ", b"0012345\0", b"0012345 "];
        assert!(sums.into_iter().all(|sum| checksum(sum) == Some(0o12345)));
        assert_eq!((checksum(b"012345  "), checksum(b"012345\0\0")), (None, None));
    }
}
