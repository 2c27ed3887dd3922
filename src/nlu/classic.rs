//! The learners trainers know by name, as linfa has them: decision tree, support vectors, Gaussian naive Bayes,
//! multinomial logistic regression.
//!
//! They take dense rows only, so they learn along few axes of the encoder's numbers. What the linear two find becomes
//! weights like those of our own; a tree and Gaussians are kept as they are, small. Called by `study`.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_bayes::GaussianNb;
use linfa_logistic::MultiLogisticRegression;
use linfa_svm::Svm;
use linfa_trees::{DecisionTree, TreeNode};
use ndarray::{Array1, Array2, ArrayView1};
use rayon::prelude::*;

use crate::nlu::linear::{Block, LANES};
use crate::progress::Progress;

/// Axes the learners get; their cost grows with them, the tree's accuracy falls.
pub(super) const AXES: usize = 64;
/// Levels of a tree at most.
const DEPTH: usize = 24;
/// Rounds of logistic regression at most.
const ROUNDS: u64 = 100;
/// The price of an error in logistic regression, in units of the one of support vectors.
const PRICE: f64 = 10.0;
/// What is added to each spread, as a share of the widest: with few examples of a class its own are far too narrow.
const SMOOTHING: f64 = 0.3;
/// How near its optimum a support vector machine stops.
const NEAR: f64 = 1e-3;

/// What is no sum of weights.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Classic {
    /// Nodes, the root first.
    Tree(Vec<Node>),
    Gauss(Vec<Gauss>),
}

/// One question of a tree, or what holds where none is left.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Below `value` on the axis goes to `below`, else to `above`.
    Split { axis: u16, value: f32, below: u32, above: u32 },
    /// The share of each class of the examples here.
    Leaf(Vec<(u16, f32)>),
}

/// One class as a bell along each axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gauss {
    /// The logarithm of its share of the examples; `None` for a class without any.
    pub prior: Option<f32>,
    pub means: Vec<f32>,
    /// Mean squared distance along each axis.
    pub spreads: Vec<f32>,
}

impl Classic {
    /// Adds what a place along the axes gives each class: -1 speaks against it, 1 for it.
    pub fn add(&self, place: ArrayView1<'_, f32>, sums: &mut [f32]) {
        match self {
            Classic::Tree(nodes) => {
                sums.iter_mut().for_each(|sum| *sum -= 1.0);
                if let Node::Leaf(shares) = &nodes[fall(nodes, place)] {
                    shares.iter().for_each(|(class, share)| sums[usize::from(*class)] += 2.0 * share);
                }
            }
            Classic::Gauss(classes) => {
                let likely: Vec<f32> = classes.iter().map(|class| class.likely(place)).collect();
                let most = likely.iter().copied().fold(f32::MIN, f32::max);
                // Per axis, so that margins stay near 1; counted all alone each axis would make it surer than it is.
                let each = |likely: f32| ((likely - most) / place.len().max(1) as f32).max(-1.0);
                sums.iter_mut().zip(likely).for_each(|(sum, likely)| *sum += 1.0 + 2.0 * each(likely));
            }
        }
    }
}

impl Gauss {
    fn likely(&self, place: ArrayView1<'_, f32>) -> f32 {
        let Some(prior) = self.prior else { return f32::MIN };
        let axes = place.iter().zip(&self.means).zip(&self.spreads);
        prior - 0.5 * axes.map(|((x, mean), spread)| (x - mean).powi(2) / spread + spread.ln()).sum::<f32>()
    }
}

/// Some examples along the axes, with their classes.
pub(super) struct Lesson<'a> {
    pub places: &'a Array2<f32>,
    pub classes: &'a [u16],
    /// Classes in all.
    pub count: usize,
    /// The price of an error.
    pub c: f32,
}

impl Lesson<'_> {
    fn dataset(&self) -> Dataset<f64, usize, ndarray::Ix1> {
        let classes: Array1<usize> = self.classes.iter().map(|class| usize::from(*class)).collect();
        Dataset::new(self.places.mapv(f64::from), classes)
    }

    /// Returns blocks of weights along the axes; `of` gives those of a class, then its bias.
    fn blocks(&self, of: impl Fn(usize) -> Option<(Vec<f64>, f64)>) -> Vec<Block> {
        let width = self.places.ncols();
        let none = Block { weights: vec![[0.0; LANES]; width], bias: [0.0; LANES] };
        let mut blocks = vec![none; self.count.div_ceil(LANES)];
        for class in 0..self.count {
            let (block, lane) = (&mut blocks[class / LANES], class % LANES);
            match of(class) {
                Some((weights, bias)) => {
                    block.weights.iter_mut().zip(weights).for_each(|(row, weight)| row[lane] = weight as f32);
                    block.bias[lane] = bias as f32;
                }
                // Nobody saw it: as far from any text as margins go.
                None => block.bias[lane] = -1.0,
            }
        }
        blocks
    }
}

/// Learns a decision tree by Gini's measure.
pub(super) fn tree(lesson: &Lesson<'_>) -> Option<Classic> {
    let tree = DecisionTree::params().max_depth(Some(DEPTH)).min_weight_leaf(1.0).min_weight_split(2.0);
    let tree: DecisionTree<f64, usize> = tree.fit(&lesson.dataset()).ok()?;
    let mut nodes = Vec::new();
    plant(tree.root_node(), &mut nodes);
    // The shares in each leaf tell more than its commonest class, and do not hang on how ties are broken.
    let mut counts = vec![vec![0f32; lesson.count]; nodes.len()];
    for (place, class) in lesson.places.rows().into_iter().zip(lesson.classes) {
        counts[fall(&nodes, place)][usize::from(*class)] += 1.0;
    }
    for (node, counts) in nodes.iter_mut().zip(counts) {
        let Node::Leaf(shares) = node else { continue };
        let all: f32 = counts.iter().sum::<f32>().max(1.0);
        let seen = counts.into_iter().enumerate().filter(|(_, count)| *count > 0.0);
        *shares = seen.map(|(class, count)| (class as u16, count / all)).collect();
    }
    Some(Classic::Tree(nodes))
}

/// Adds a node with all below it; returns its number.
fn plant(node: &TreeNode<f64, usize>, nodes: &mut Vec<Node>) -> u32 {
    let at = nodes.len();
    nodes.push(Node::Leaf(Vec::new()));
    if let [Some(below), Some(above)] = node.children()[..] {
        let (axis, value, _) = node.split();
        let (below, above) = (plant(below, nodes), plant(above, nodes));
        nodes[at] = Node::Split { axis: axis as u16, value: value as f32, below, above };
    }
    at as u32
}

/// Returns the number of the leaf a place falls into.
fn fall(nodes: &[Node], place: ArrayView1<'_, f32>) -> usize {
    let mut at = 0;
    while let Node::Split { axis, value, below, above } = &nodes[at] {
        at = if place[usize::from(*axis)] < *value { *below } else { *above } as usize;
    }
    at
}

/// Learns Gaussian naive Bayes.
pub(super) fn gauss(lesson: &Lesson<'_>) -> Option<Classic> {
    let found: GaussianNb<f64, usize> = GaussianNb::params().var_smoothing(SMOOTHING).fit(&lesson.dataset()).ok()?;
    // linfa shows what it found only as a document.
    #[derive(serde::Deserialize)]
    struct Shown {
        class_info: std::collections::BTreeMap<usize, Info>,
    }
    #[derive(serde::Deserialize)]
    struct Info {
        prior: f64,
        theta: Array1<f64>,
        sigma: Array1<f64>,
    }
    let shown: Shown = serde_json::from_value(serde_json::to_value(found).ok()?).ok()?;
    let narrow = |numbers: &Array1<f64>| numbers.iter().map(|x| *x as f32).collect::<Vec<f32>>();
    let one = |class: usize| match shown.class_info.get(&class) {
        Some(info) => Gauss {
            prior: Some(info.prior.ln() as f32),
            means: narrow(&info.theta),
            spreads: narrow(&info.sigma).into_iter().map(|spread| spread.max(1e-9)).collect(),
        },
        None => Gauss { prior: None, means: Vec::new(), spreads: Vec::new() },
    };
    Some(Classic::Gauss((0..lesson.count).map(one).collect()))
}

/// Learns multinomial logistic regression by L-BFGS.
pub(super) fn logistic(lesson: &Lesson<'_>) -> Option<Vec<Block>> {
    let way = MultiLogisticRegression::default().alpha(1.0 / (PRICE * f64::from(lesson.c))).max_iterations(ROUNDS);
    let found = way.fit(&lesson.dataset()).ok()?;
    Some(lesson.blocks(|class| {
        let at = found.classes().iter().position(|known| *known == class)?;
        Some((found.params().column(at).to_vec(), found.intercept()[at]))
    }))
}

/// Learns support vectors with straight borders by sequential minimal optimisation, one class against the rest.
///
/// `None` when stopped.
pub(super) fn support(lesson: &Lesson<'_>, progress: &dyn Progress) -> Option<Vec<Block>> {
    let places = lesson.places.mapv(f64::from);
    let width = places.ncols();
    let found: Vec<Option<(Vec<f64>, f64)>> = (0..lesson.count)
        .into_par_iter()
        .map(|class| {
            if progress.stopped() {
                return None;
            }
            let own: Array1<bool> = lesson.classes.iter().map(|other| usize::from(*other) == class).collect();
            if own.iter().all(|own| *own) || own.iter().all(|own| !*own) {
                return None;
            }
            let c = f64::from(lesson.c);
            let way = Svm::<f64, bool>::params().pos_neg_weights(c, c).linear_kernel().eps(NEAR);
            let border = way.fit(&Dataset::new(places.clone(), own)).ok()?;
            let axis = |at: usize| {
                let mut unit = Array1::zeros(width);
                unit[at] = 1.0;
                border.weighted_sum(&unit)
            };
            Some(((0..width).map(axis).collect(), -border.rho))
        })
        .collect();
    (!progress.stopped()).then(|| lesson.blocks(|class| found[class].clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa::traits::Predict;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use crate::progress::Quiet;

    /// Three clouds on eight axes that touch each other.
    fn clouds() -> (Array2<f32>, Vec<u16>) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let classes: Vec<u16> = (0..240).map(|at| (at % 3) as u16).collect();
        let place = |(at, axis): (usize, usize)| {
            let middle = if axis % 3 == usize::from(classes[at]) { 0.5 } else { 0.0 };
            middle + random.gen_range(-0.6f32..0.6)
        };
        (Array2::from_shape_fn((classes.len(), 8), place), classes)
    }

    fn best(margins: &[f32]) -> usize {
        (0..margins.len()).max_by(|a, b| margins[*a].total_cmp(&margins[*b])).unwrap()
    }

    /// Returns what margins give each row.
    fn given(places: &Array2<f32>, margins: impl Fn(ArrayView1<'_, f32>) -> Vec<f32>) -> Vec<usize> {
        places.rows().into_iter().map(|place| best(&margins(place))).collect()
    }

    #[test]
    fn what_is_kept_decides_as_linfa_does() {
        let (places, classes) = clouds();
        let lesson = Lesson { places: &places, classes: &classes, count: 4, c: 1.0 };
        let data = lesson.dataset();
        let of = |classic: &Classic| {
            given(&places, |place| {
                let mut sums = vec![0.0; 4];
                classic.add(place, &mut sums);
                sums
            })
        };
        let bayes = GaussianNb::params().var_smoothing(SMOOTHING).fit(&data).unwrap().predict(data.records());
        assert_eq!(of(&gauss(&lesson).unwrap()), bayes.to_vec());
        let whole = DecisionTree::params().max_depth(Some(DEPTH)).min_weight_leaf(1.0).min_weight_split(2.0);
        let whole = whole.fit(&data).unwrap().predict(data.records());
        assert_eq!(of(&tree(&lesson).unwrap()), whole.to_vec());

        let linear = |blocks: &[Block]| {
            given(&places, |place| {
                let sum = |lane: usize| {
                    blocks[0].bias[lane] + place.iter().zip(&blocks[0].weights).map(|(x, w)| x * w[lane]).sum::<f32>()
                };
                (0..4).map(sum).collect()
            })
        };
        let way = MultiLogisticRegression::default().alpha(1.0 / PRICE).max_iterations(ROUNDS);
        assert_eq!(linear(&logistic(&lesson).unwrap()), way.fit(&data).unwrap().predict(data.records()).to_vec());
        let borders = support(&lesson, &Quiet).unwrap();
        let right = linear(&borders).iter().zip(&classes).filter(|(a, b)| **a == usize::from(**b)).count();
        assert!(right * 10 > classes.len() * 7, "{right}");
        assert_eq!(borders[0].bias[3], -1.0, "a class nobody saw");
    }
}
