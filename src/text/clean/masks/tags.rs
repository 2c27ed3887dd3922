//! What stands in a text instead of personal data.

/// The kinds a mask names: `<phone>`, and `<phone?>` where it is only suspected.
pub(crate) const TAGS: [&str; 15] = [
    "email", "idcard", "uscc", "bankcard", "iban", "phone", "landline", "otp", "plate", "passport", "policy",
    "account", "addr", "name", "ssn",
];

/// Returns where the mask that starts `text` ends.
pub(crate) fn tag_end(text: &str) -> Option<usize> {
    let name = text.strip_prefix('<')?;
    // The longest has ten letters with its doubt: a line of brackets is not searched for its end at each of them.
    let name = name.get(..name.bytes().take(11).position(|byte| byte == b'>')?)?;
    TAGS.contains(&name.strip_suffix('?').unwrap_or(name)).then_some(name.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_known_by_its_kind() {
        assert_eq!(tag_end("<phone>换绑"), Some(7));
        assert_eq!(tag_end("<idcard?>"), Some(9));
        for other in ["<b>", "<phone", "phone>", "<>", "<emo:微笑>"] {
            assert_eq!(tag_end(other), None, "{other}");
        }
    }
}
