//! Writes a moment of September 2025 the way different systems do. Moments are seconds since its first midnight.

/// `2025/9/3 10:00`, as Excel leaves it.
pub fn slashes(at: i64) -> String {
    let (day, hour, minute, _) = parts(at);
    format!("2025/9/{day} {hour}:{minute:02}")
}

/// `2025-09-03 10:00:05`.
pub fn dashes(at: i64) -> String {
    let (day, hour, minute, second) = parts(at);
    format!("2025-09-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// `2025-9-3 10:00:05`, as a shop's chat window copies it.
pub fn short(at: i64) -> String {
    let (day, hour, minute, second) = parts(at);
    format!("2025-9-{day} {hour:02}:{minute:02}:{second:02}")
}

/// `2025-09-03T10:00:05+08:00`.
pub fn zoned(at: i64) -> String {
    format!("{}+08:00", dashes(at).replace(' ', "T"))
}

/// `Wed, 03 Sep 2025 10:00:05 +0800`, as mail writes it.
pub fn mail(at: i64) -> String {
    let (day, hour, minute, second) = parts(at);
    format!("{}, {day:02} Sep 2025 {hour:02}:{minute:02}:{second:02} +0800", weekday(at))
}

/// `Wed Sep  3 10:00:05 2025`, as an mbox parts its mails.
pub fn mailbox(at: i64) -> String {
    let (day, hour, minute, second) = parts(at);
    format!("{} Sep {day:>2} {hour:02}:{minute:02}:{second:02} 2025", weekday(at))
}

/// The month began on a Monday.
fn weekday(at: i64) -> &'static str {
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][(at / 86_400 % 7) as usize]
}

fn parts(at: i64) -> (i64, i64, i64, i64) {
    (at / 86_400 + 1, at / 3_600 % 24, at / 60 % 60, at % 60)
}
