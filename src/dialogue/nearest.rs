//! The known name a mistyped one was probably meant to be.

/// Returns the nearest of `known` when it is near enough to be a slip; the first of equals.
pub fn nearest<'n>(word: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let typed: Vec<char> = word.to_lowercase().chars().collect();
    // One that holds the other comes before one that is merely close.
    let mut best: Option<((bool, usize), &str)> = None;
    for name in known {
        let right: Vec<char> = name.to_lowercase().chars().collect();
        let allowed = (typed.len().max(right.len()) / 3).clamp(1, 3);
        let steps = distance(&typed, &right);
        let contains = typed.len() >= 2 && right.len() >= 2 && (name.contains(word) || word.contains(name));
        if (steps <= allowed && steps < right.len() || contains)
            && best.is_none_or(|(rank, _)| (!contains, steps) < rank)
        {
            best = Some(((!contains, steps), name));
        }
    }
    best.map(|(_, name)| name)
}

/// Insertions, deletions, replacements and swaps of neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut table = vec![0usize; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(a[i - 1] != b[j - 1]);
                let mut steps = (table[(i - 1) * width + j] + 1)
                    .min(table[i * width + j - 1] + 1)
                    .min(table[(i - 1) * width + j - 1] + same);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    steps = steps.min(table[(i - 2) * width + j - 2] + 1);
                }
                steps
            };
        }
    }
    table[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_finds_none() {
        let known = ["topics", "entities", "fallback", "转账", "查账单"];
        assert_eq!(nearest("topcis", known), Some("topics"));
        assert_eq!(nearest("entites", known), Some("entities"));
        assert_eq!(nearest("查账", known), Some("查账单"));
        assert_eq!(nearest("weather", known), None);
        assert_eq!(nearest("x", known), None);
    }
}
