//! `format=flowed` (RFC 3676): lines that end with a blank go on in the next one.

/// Joins what was broken for the wire; `delete` drops the blank at the break as well (`DelSp=yes`, Chinese mailers).
pub(super) fn unfold(text: &str, delete: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The depth of quoting of the line that goes on, if one does.
    let mut open: Option<usize> = None;
    for (place, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let said = &line[depth..];
        let said = said.strip_prefix(' ').unwrap_or(said);
        let signature = said == "-- ";
        let joins = open == Some(depth) && !signature;
        if !joins {
            if place > 0 {
                out.push('\n');
            }
            out.push_str(&line[..depth]);
            if depth > 0 && !said.is_empty() {
                out.push(' ');
            }
        }
        let flows = said.ends_with(' ') && !signature;
        out.push_str(if flows && delete { &said[..said.len() - 1] } else { said });
        open = flows.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_breaks_join_and_hard_ones_stay() {
        assert_eq!(unfold("one \ntwo\nthree", false), "one two\nthree");
        assert_eq!(unfold("年费能 \n减免吗\n", true), "年费能减免吗\n");
        assert_eq!(unfold(">> a \n>> b\n> c \nd", false), ">> a b\n> c \nd");
        assert_eq!(unfold("text \n-- \nLi", false), "text \n-- \nLi");
        assert_eq!(unfold(" From here\n >no quote", false), "From here\n>no quote");
        assert_eq!(unfold("\n\na", false), "\n\na");
    }
}
