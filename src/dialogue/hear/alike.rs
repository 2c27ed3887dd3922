//! How alike two questions are, by their letters.

use crate::dialogue::hear::fold::{fold, signless};

/// A question as texts are compared with it: folded, without signs, and its pairs of neighbouring characters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    pub folded: String,
    pub signless: String,
    /// Sorted, each once.
    pairs: Vec<(char, char)>,
}

impl Asked {
    /// Prepares a text.
    pub fn of(text: &str) -> Self {
        let folded = fold(text);
        let signless = signless(&folded);
        let chars = signless.chars().zip(signless.chars().skip(1));
        let mut pairs: Vec<(char, char)> = chars.collect();
        pairs.sort_unstable();
        pairs.dedup();
        Self { folded, signless, pairs }
    }

    /// Returns how alike two are: the share of pairs they have in common, 0 to 1; 1 only for the same text.
    pub fn alike(&self, other: &Self) -> f32 {
        if self.signless == other.signless {
            return if self.signless.is_empty() { 0.0 } else { 1.0 };
        }
        let (a, b) = (&self.pairs, &other.pairs);
        if a.is_empty() || b.is_empty() {
            return 0.0;
        }
        let (mut i, mut j, mut common) = (0, 0, 0);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            common += usize::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        // Never 1: only the same text is certain.
        (2.0 * common as f32 / (a.len() + b.len()) as f32).min(0.99)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> f32 {
        Asked::of(a).alike(&Asked::of(b))
    }

    #[test]
    fn only_the_same_text_is_certain() {
        assert_eq!(alike("转账收费吗", "转账收费吗？"), 1.0);
        assert!(alike("转账手续费多少", "转账手续费多少呢") > 0.9);
        assert_eq!(alike("", ""), 0.0);
        assert_eq!(alike("a", "b"), 0.0);
        assert_eq!(alike("转账收费吗", "转账收费吗转账收费吗"), alike("转账收费吗转账收费吗", "转账收费吗"));
    }
}
