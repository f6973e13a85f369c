//! What an embedded ICC profile is called (ICC.1:2022).

/// Characters of a name that are kept.
const MAX_NAME: usize = 80;

/// The description of a profile; where it has none that can be read, its class and colour
/// space, such as `mntr RGB`. `None` of what is no profile.
pub(super) fn description(profile: &[u8]) -> Option<String> {
    if profile.get(36..40) != Some(b"acsp") {
        return None;
    }
    let name = tag(profile, b"desc").and_then(text);
    name.filter(|name| !name.is_empty()).or_else(|| {
        let part = |from: usize| {
            let part = profile.get(from..from + 4)?;
            Some(clean(part.iter().map(|&b| char::from(b))))
        };
        Some(format!("{} {}", part(12)?, part(16)?))
    })
}

fn be32(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes(*bytes)).ok()
}

/// The body of a tag (section 7.3).
fn tag<'a>(profile: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let count = be32(profile, 128)?.min(100);
    (0..count).find_map(|at| {
        let entry = profile.get(132 + 12 * at..)?.first_chunk::<12>()?;
        let (start, len) = (be32(entry, 4)?, be32(entry, 8)?);
        let body = profile.get(start..start.checked_add(len)?)?;
        entry.starts_with(name).then_some(body)
    })
}

/// `desc` (version 2, 6.5.17 there) or `mluc` (version 4, section 10.15): its first text.
fn text(body: &[u8]) -> Option<String> {
    match body.first_chunk::<4>()? {
        b"desc" => {
            let len = be32(body, 8)?;
            let text = body.get(12..12_usize.checked_add(len)?)?;
            Some(clean(text.iter().map(|&b| char::from(b))))
        }
        b"mluc" => {
            let (len, start) = (be32(body, 20)?, be32(body, 24)?);
            let text = body.get(start..start.checked_add(len)?)?;
            let units = text
                .chunks_exact(2)
                .map(|c| u16::from_be_bytes([c[0], c[1]]));
            let chars = char::decode_utf16(units);
            Some(clean(
                chars.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
            ))
        }
        _ => None,
    }
}

fn clean(chars: impl Iterator<Item = char>) -> String {
    let chars = chars.take_while(|c| *c != '\0');
    let name: String = chars.filter(|c| !c.is_control()).take(MAX_NAME).collect();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(kind: &[u8], body: &[u8]) -> Vec<u8> {
        let mut out = vec![0; 128];
        out[12..20].copy_from_slice(b"mntrRGB ");
        out[36..40].copy_from_slice(b"acsp");
        out.extend(1_u32.to_be_bytes());
        out.extend(kind);
        out.extend(144_u32.to_be_bytes());
        out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        out.extend(body);
        out
    }

    #[test]
    fn both_kinds_of_text_and_what_stands_in_for_none() {
        let v2 = profile(b"desc", b"desc\0\0\0\0\0\0\0\x05sRGB\0");
        assert_eq!(description(&v2).as_deref(), Some("sRGB"));
        let mut v4 = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x04\0\0\0\x1c".to_vec();
        v4.extend(b"\0P\x003");
        assert_eq!(description(&profile(b"desc", &v4)).as_deref(), Some("P3"));
        let none = profile(b"wtpt", b"XYZ ");
        assert_eq!(description(&none).as_deref(), Some("mntr RGB"));
        assert_eq!(description(b"no profile"), None);
    }

    #[test]
    fn no_cut_and_no_length_leads_out_of_the_bytes() {
        let mut whole = profile(b"desc", b"desc\0\0\0\0\xff\xff\xff\xffsRGB\0");
        assert_eq!(description(&whole).as_deref(), Some("mntr RGB"));
        whole[128..132].fill(0xff);
        for end in 0..whole.len() {
            description(&whole[..end]);
        }
    }
}
