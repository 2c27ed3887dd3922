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

fn parts(at: i64) -> (i64, i64, i64, i64) {
    (at / 86_400 + 1, at / 3_600 % 24, at / 60 % 60, at % 60)
}
