//! A moment as people read it: the hour today, the day before that.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// Returns the local hour of a moment, `12:03:07`.
pub fn hour(milliseconds: i64) -> String {
    local(milliseconds, "%H:%M:%S")
}

/// Returns the local hour and minute when the moment lies on the day of `now`, else its day.
pub fn short(milliseconds: i64, now: i64) -> String {
    let day = |at| local(at, "%m-%d");
    if day(milliseconds) == day(now) { local(milliseconds, "%H:%M") } else { day(milliseconds) }
}

/// Returns the day and the minute of a moment in a zone, `03-01 10:00`.
pub fn in_zone(milliseconds: i64, zone: Offset) -> String {
    let Ok(moment) = Timestamp::from_millisecond(milliseconds) else { return String::new() };
    zone.to_datetime(moment).strftime("%m-%d %H:%M").to_string()
}

/// Returns the present moment in milliseconds since 1970 UTC.
pub fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

fn local(milliseconds: i64, format: &str) -> String {
    // Outside year ±9999 there is nothing to show.
    let Ok(moment) = Timestamp::from_millisecond(milliseconds) else { return String::new() };
    moment.to_zoned_datetime(TimeZone::system()).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_today_shows_its_hour_and_an_older_one_its_day() {
        let now = 1_700_000_000_000;
        assert_eq!(short(now, now).len(), "12:03".len());
        assert!(short(now, now).contains(':'));
        assert!(short(now - 86_400_000 * 3, now).contains('-'));
        assert_eq!(hour(i64::MAX), "");
    }
}
