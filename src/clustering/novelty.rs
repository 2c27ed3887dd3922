//! How new a cluster is beside what the bot already knows.

use crate::clustering::neighbours::Neighbours;
use crate::text::segment::Segmenter;

/// Returns the novelty of each cluster: 0 when its texts are known already, 1 when nothing known is like them.
///
/// `clusters` holds a few core members each, `known` the examples of all intents. A member is as new as it is
/// far from its nearest known example (1 − cosine); a cluster is as new as its members on average. Asking members,
/// not a centre, keeps a cluster of varied but known wordings known.
pub fn novelty(clusters: &[Vec<&str>], known: &[&str], segmenter: &Segmenter) -> Vec<f32> {
    if known.is_empty() {
        return vec![1.0; clusters.len()];
    }
    let members: Vec<&str> = clusters.iter().flatten().copied().collect();
    let mut closest = Neighbours::of(known, segmenter).closest(&members).into_iter();
    clusters
        .iter()
        .map(|members| {
            let sum: f32 = closest.by_ref().take(members.len()).map(|cosine| 1.0 - cosine).sum();
            if members.is_empty() { 1.0 } else { (sum / members.len() as f32).clamp(0.0, 1.0) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_wordings_are_old_and_strange_ones_new() {
        let known = ["怎么申请退款", "我要退款", "退款多久到账", "如何激活信用卡"];
        let clusters = vec![vec!["我要退款", "退款多久到账"], vec!["想退款怎么申请"], vec!["附近有停车场吗"], vec![]];
        let found = novelty(&clusters, &known, Segmenter::general());
        assert!(found[0] < 0.01 && found[1] > 0.01 && found[1] < 0.6 && found[2] > 0.7, "{found:?}");
        assert_eq!(found[3], 1.0);
    }

    #[test]
    fn beside_nothing_everything_is_new() {
        assert_eq!(novelty(&[vec!["退款"]], &[], Segmenter::general()), [1.0]);
    }
}
