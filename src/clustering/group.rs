//! Utterances to named groups: the whole way of this room.

use std::collections::HashMap;

use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};
use rayon::prelude::*;

use crate::clustering::branches::{self, MANY, Place};
use crate::clustering::dense::{self, centre, centres, sampled};
use crate::clustering::density;
use crate::clustering::error::Error;
use crate::clustering::kmeans;
use crate::clustering::links::{Links, arrange};
use crate::clustering::naming;
use crate::clustering::options::{Method, Options};
use crate::clustering::reduce::{self, Directions};
use crate::clustering::steps::{Steps, TOTAL};
use crate::clustering::vectors::{BLOCK, Cut, STRIDE, Vocabulary};
use crate::progress::Progress;
use crate::text::segment::Segmenter;

/// Dense numbers a text is reduced to.
const DIMENSIONS: usize = 128;
/// The dimensions are learnt on at most this many texts.
const LEARNT_FROM: usize = 8_000;
/// The density method looks at this many items, those of most customers first; the rest may be taken in after.
const DENSE_ITEMS: usize = 10_000;
/// What the words of a text count beside its meaning: each hears of likeness the other misses. Of 0.3, 0.5 and 0.7 the one
/// by which all of four public sets gained in mutual information and in pairs told right.
const WORDS_BESIDE: f32 = 0.5;
/// Phases on the scale of progress: words, groups, names.
const PHASES: [u64; 4] = [0, 450, 900, TOTAL];

/// One distinct utterance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item<'a> {
    pub text: &'a str,
    /// How many customers said it.
    pub weight: u64,
}

/// The groups found, those of most customers first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Groups {
    pub clusters: Vec<Group>,
    /// Items in no group, ascending.
    pub unassigned: Vec<usize>,
}

/// Items that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Items by number with their cosine to the centre (0 to 1), core to edge, ties by number.
    pub members: Vec<(usize, f32)>,
    /// The words that set the group apart, best first; may be empty.
    pub words: Vec<String>,
    /// Mean closeness of members.
    pub cohesion: f32,
}

/// Groups items by their words and characters.
pub fn group(
    items: &[Item<'_>],
    segmenter: &Segmenter,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Groups, Error> {
    let texts: Vec<&str> = items.iter().map(|item| item.text).collect();
    let vectors = vectors(&texts, segmenter, options.seed, phase(progress, 0))?;
    group_rows(items, vectors, Place::Walk, segmenter, options, progress)
}

/// Returns a dense row of length 1 for each text; zero where a text has nothing in common with others.
pub(in crate::clustering) fn vectors(
    texts: &[&str],
    segmenter: &Segmenter,
    seed: u64,
    steps: Steps<'_>,
) -> Result<Array2<f32>, Error> {
    let cut = Cut::of(texts, segmenter, steps.part(0, 3))?;
    let learnt_from = sampled(texts.len(), LEARNT_FROM, seed);
    let vocabulary = Vocabulary::of(&cut, rarest(texts.len()), Some(&learnt_from));
    let sample = vocabulary.some(&cut, &learnt_from);
    let (learn, project) = (steps.part(1, 3), steps.part(2, 3));
    let directions = Directions::of(&sample, DIMENSIONS, seed, learn)?;
    drop(sample);
    let mut vectors = Array2::zeros((texts.len(), directions.len()));
    let block = BLOCK * directions.len().max(1);
    let cells = vectors.as_slice_mut().expect("a new array lies row by row");
    for (stride, out) in cells.chunks_mut(block * STRIDE).enumerate() {
        project.at(stride * STRIDE, cut.blocks())?;
        out.par_chunks_mut(block).enumerate().for_each(|(i, out)| {
            directions.project(&vocabulary.block(&cut, stride * STRIDE + i), out);
        });
    }
    project.at(1, 1)?;
    Ok(vectors)
}

/// Groups items by given vectors, a row an item, as an encoder makes them, and by their words beside; of more than
/// [`MANY`] items the words of some are heard. Rows need no particular length; an item with a zero row and no word in
/// common with others stays unassigned.
pub fn group_vectors(
    items: &[Item<'_>],
    mut vectors: Array2<f32>,
    segmenter: &Segmenter,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Groups, Error> {
    if vectors.nrows() != items.len() {
        return Err(Error::Vectors { items: items.len(), vectors: vectors.nrows() });
    }
    reduce::centre(&mut vectors);
    reduce::normalise(&mut vectors);
    let beside = |some: &[usize], rows: Array2<f32>, steps: Steps<'_>| {
        let texts: Vec<&str> = some.iter().map(|item| items[*item].text).collect();
        let mut words = self::vectors(&texts, segmenter, options.seed, steps)?;
        words *= WORDS_BESIDE;
        let mut rows = concatenate(Axis(1), &[rows.view(), words.view()]).expect("a row an item in both");
        reduce::normalise(&mut rows);
        Ok(rows)
    };
    let place = if items.len() <= MANY {
        let all: Vec<usize> = (0..items.len()).collect();
        vectors = beside(&all, vectors, phase(progress, 0))?;
        Place::Layout
    } else {
        Place::LayoutOfMany(&beside)
    };
    group_rows(items, vectors, place, segmenter, options, progress)
}

fn group_rows(
    items: &[Item<'_>],
    mut vectors: Array2<f32>,
    place: Place<'_>,
    segmenter: &Segmenter,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Groups, Error> {
    reduce::normalise(&mut vectors);
    let live: Vec<usize> = (0..items.len()).filter(|i| vectors.row(*i).iter().any(|v| *v != 0.0)).collect();
    if live.len() < vectors.nrows() {
        // In place: a second copy of a million rows would be half a gigabyte.
        for (to, from) in live.iter().enumerate().filter(|(to, from)| to != *from) {
            let (mut target, source) = vectors.multi_slice_mut((s![to, ..], s![*from, ..]));
            target.assign(&source);
        }
        vectors = vectors.slice_move(s![..live.len(), ..]);
    }
    let belongs = match options.method {
        _ if live.is_empty() => Vec::new(),
        Method::Graph => {
            let of_live = |some: &[usize], rows: Array2<f32>, steps: Steps<'_>| match place {
                Place::LayoutOfMany(beside) => {
                    beside(&some.iter().map(|row| live[*row]).collect::<Vec<_>>(), rows, steps)
                }
                _ => Ok(rows),
            };
            let place = if let Place::LayoutOfMany(_) = place { Place::LayoutOfMany(&of_live) } else { place };
            let branches = branches::of(vectors.view(), place, options, phase(progress, 1))?;
            branches.into_iter().map(Some).collect()
        }
        Method::KMeans => by_number(vectors.view(), options, phase(progress, 1))?,
        Method::Density => {
            let weights: Vec<u64> = live.iter().map(|i| items[*i].weight).collect();
            by_density(vectors.view(), &weights, options, phase(progress, 1))?
        }
    };
    let mut sets = settle(vectors.view(), belongs, options);
    if !options.links.is_empty() {
        sets = linked(vectors.view(), sets, &live, &options.links);
    }
    phase(progress, 2).at(0, 1)?;
    let groups = describe(items, &live, vectors.view(), sets, segmenter);
    phase(progress, 2).at(1, 1)?;
    Ok(groups)
}

fn phase(progress: &dyn Progress, number: usize) -> Steps<'_> {
    Steps::new(progress, PHASES[number], PHASES[number + 1])
}

/// What is said in one text only binds nothing together; in a large log what is said in two hardly does.
fn rarest(texts: usize) -> usize {
    match texts {
        0..200 => 1,
        200..50_000 => 2,
        _ => 3,
    }
}

fn by_number(rows: ArrayView2<'_, f32>, options: &Options, steps: Steps<'_>) -> Result<Vec<Option<u32>>, Error> {
    let k = match options.clusters {
        Some(k) => k,
        None => branches::number(rows, options, steps.part(0, 2))?,
    };
    let model = kmeans::fit(rows, k, options.seed, steps.part(1, 2))?;
    Ok(model.nearest.into_iter().map(|n| Some(n.centre)).collect())
}

fn by_density(
    rows: ArrayView2<'_, f32>,
    weights: &[u64],
    options: &Options,
    steps: Steps<'_>,
) -> Result<Vec<Option<u32>>, Error> {
    if rows.nrows() <= DENSE_ITEMS {
        return density::fit(rows, options.min_size, steps);
    }
    let mut chosen: Vec<usize> = (0..rows.nrows()).collect();
    chosen.sort_by_key(|i| (std::cmp::Reverse(weights[*i]), *i));
    chosen.truncate(DENSE_ITEMS);
    chosen.sort_unstable();
    let found = density::fit(rows.select(Axis(0), &chosen).view(), options.min_size, steps)?;
    let mut belongs = vec![None; rows.nrows()];
    chosen.into_iter().zip(found).for_each(|(i, group)| belongs[i] = group);
    Ok(belongs)
}

/// The members of a group by row number, and its centre.
struct Set {
    members: Vec<usize>,
    /// Items without a row, which a link put here.
    rowless: Vec<usize>,
    centre: Array1<f32>,
}

/// Dissolves small groups and lets rows without a group join the nearest centre, if it is near enough.
fn settle(rows: ArrayView2<'_, f32>, belongs: Vec<Option<u32>>, options: &Options) -> Vec<Set> {
    let mut members = vec![Vec::new(); belongs.iter().flatten().max().map_or(0, |m| *m as usize + 1)];
    let mut alone = Vec::new();
    for (row, group) in belongs.into_iter().enumerate() {
        match group {
            Some(group) => members[group as usize].push(row),
            None => alone.push(row),
        }
    }
    let (mut kept, small): (Vec<_>, Vec<_>) = members.into_iter().partition(|m| m.len() >= options.min_size.max(1));
    alone.extend(small.into_iter().flatten());
    alone.sort_unstable();
    if !kept.is_empty() && !alone.is_empty() && options.rescue <= 1.0 {
        let centres = centres(rows, &kept);
        let lonely = rows.select(Axis(0), &alone);
        let nearest = dense::nearest(lonely.view(), centres.view());
        for (row, near) in alone.into_iter().zip(nearest) {
            if rows.row(row).dot(&centres.row(near.centre as usize)) >= options.rescue {
                kept[near.centre as usize].push(row);
            }
        }
    }
    kept.into_par_iter().map(|members| Set { centre: centre(rows, &members), members, rowless: Vec::new() }).collect()
}

/// Moves rows between sets so that links hold.
fn linked(rows: ArrayView2<'_, f32>, sets: Vec<Set>, live: &[usize], links: &Links) -> Vec<Set> {
    let row_of: HashMap<usize, usize> = live.iter().enumerate().map(|(row, item)| (*item, row)).collect();
    let items = |set: &Set| set.members.iter().map(|row| live[*row]).collect();
    let mut groups: Vec<Vec<usize>> = sets.iter().map(items).collect();
    arrange(&mut groups, links, |item, group| {
        row_of.get(&item).map_or(0.0, |row| rows.row(*row).dot(&sets[group].centre))
    });
    let set = |items: Vec<usize>| {
        let (with, rowless): (Vec<usize>, Vec<usize>) = items.into_iter().partition(|item| row_of.contains_key(item));
        let members: Vec<usize> = with.iter().map(|item| row_of[item]).collect();
        Set { centre: centre(rows, &members), members, rowless }
    };
    groups.into_iter().map(set).collect()
}

/// Orders members and groups, and finds their words.
fn describe(
    items: &[Item<'_>],
    live: &[usize],
    rows: ArrayView2<'_, f32>,
    sets: Vec<Set>,
    segmenter: &Segmenter,
) -> Groups {
    let mut clusters: Vec<Group> = sets
        .into_par_iter()
        .map(|set| {
            let closeness = |row: usize| rows.row(row).dot(&set.centre).clamp(0.0, 1.0);
            let mut members: Vec<(usize, f32)> = set.members.iter().map(|row| (live[*row], closeness(*row))).collect();
            members.extend(set.rowless.iter().map(|item| (*item, 0.0)));
            members.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let sum: f32 = members.iter().map(|(_, closeness)| closeness).sum();
            Group { cohesion: sum / members.len().max(1) as f32, members, words: Vec::new() }
        })
        .collect();
    let customers = |group: &Group| group.members.iter().map(|(i, _)| items[*i].weight).sum::<u64>();
    let first = |group: &Group| group.members.iter().map(|(i, _)| *i).min();
    clusters.sort_by_cached_key(|group| (std::cmp::Reverse(customers(group)), first(group)));
    let texts: Vec<Vec<(&str, u64)>> = clusters
        .iter()
        .map(|group| group.members.iter().map(|(i, _)| (items[*i].text, items[*i].weight)).collect())
        .collect();
    let words = naming::words(&texts, segmenter);
    clusters.iter_mut().zip(words).for_each(|(group, words)| group.words = words);
    let mut free = vec![true; items.len()];
    clusters.iter().flat_map(|group| &group.members).for_each(|(i, _)| free[*i] = false);
    Groups { clusters, unassigned: (0..items.len()).filter(|i| free[*i]).collect() }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;

    use super::*;
    use crate::progress::Quiet;

    const SUBJECTS: [[&str; 8]; 4] = [
        [
            "怎么申请退款",
            "我要退款",
            "退款多久到账",
            "申请退款的步骤",
            "退款到账了吗",
            "退款怎么还没到",
            "可以退款吗",
            "退款申请在哪",
        ],
        [
            "快递到哪里了",
            "我的快递什么时候到",
            "快递怎么还没到",
            "查一下快递",
            "快递单号查询",
            "快递丢了",
            "快递员电话",
            "快递送到哪了",
        ],
        [
            "信用卡怎么激活",
            "激活信用卡",
            "信用卡激活失败",
            "信用卡激活码",
            "新信用卡激活",
            "激活我的信用卡",
            "信用卡没法激活",
            "信用卡如何激活",
        ],
        [
            "where is my parcel",
            "parcel not here",
            "track my parcel",
            "parcel late",
            "my parcel is lost",
            "parcel status",
            "find my parcel",
            "parcel please",
        ],
    ];

    fn logs() -> Vec<Item<'static>> {
        let text = |i: usize| SUBJECTS[i % 4][i / 4];
        (0..32).map(|i| Item { text: text(i), weight: [1, 9, 4, 2][i % 4] }).collect()
    }

    fn grouped(items: &[Item<'_>], options: &Options) -> Groups {
        group(items, Segmenter::general(), options, &Quiet).unwrap()
    }

    fn density() -> Options {
        Options { method: Method::Density, ..Options::default() }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

        #[test]
        fn links_hold_by_every_method(
            together in prop::collection::vec((0usize..32, 0usize..32), 0..6),
            apart in prop::collection::vec((0usize..32, 0usize..32), 0..6),
        ) {
            let distinct = |pairs: Vec<(usize, usize)>| pairs.into_iter().filter(|(a, b)| a != b).collect();
            let links = Links { together: distinct(together), apart: distinct(apart) };
            for method in Method::ALL {
                let options = Options { method, links: links.clone(), ..Options::default() };
                let found = grouped(&logs(), &options);
                let has = |group: &Group, item: usize| group.members.iter().any(|(member, _)| *member == item);
                let home = |item: usize| found.clusters.iter().position(|group| has(group, item));
                for (a, b) in &links.together {
                    prop_assert!(home(*a).is_some() && home(*a) == home(*b), "{method:?}");
                }
                let conflicts = links.conflicts();
                for (a, b) in links.apart.iter().filter(|pair| !conflicts.contains(pair)) {
                    prop_assert!(home(*a).is_none() || home(*a) != home(*b), "{method:?}");
                }
            }
        }
    }

    #[test]
    fn four_subjects_become_four_named_groups_by_customers() {
        let found = grouped(&logs(), &Options { clusters: Some(4), ..Options::default() });
        assert_eq!(found.clusters.len(), 4);
        let subjects: Vec<usize> = found.clusters.iter().map(|g| g.members[0].0 % 4).collect();
        assert_eq!(subjects, [1, 2, 3, 0], "by customers");
        for (cluster, word) in found.clusters.iter().zip(["快递", "激活", "parcel", "退款"]) {
            assert!(cluster.words[..2].iter().any(|w| w == word), "{word} in {:?}", cluster.words);
            assert!(cluster.members.iter().all(|(i, _)| i % 4 == cluster.members[0].0 % 4));
            assert!(cluster.members.windows(2).all(|w| w[0].1 >= w[1].1));
        }
    }

    #[test]
    fn density_finds_the_subjects_too_and_leaves_strangers_out() {
        let mut items = logs();
        items.push(Item { text: "今晚月色真美", weight: 1 });
        let found = grouped(&items, &density());
        assert!(found.unassigned.contains(&32), "{found:?}");
        assert!(found.clusters.len() >= 3);
        // 退款怎么还没到 and 快递怎么还没到 are near each other by their words, so a few may sit with the other subject.
        let strays = |g: &Group| g.members.iter().filter(|(i, _)| i % 4 != g.members[0].0 % 4).count();
        assert!(found.clusters.iter().map(strays).sum::<usize>() <= 3, "{found:?}");
    }

    #[test]
    fn nothing_one_and_two_items_are_no_trouble() {
        let one = Item { text: "退款", weight: 1 };
        for method in Method::ALL {
            let options = Options { method, ..Options::default() };
            assert_eq!(grouped(&[], &options), Groups::default());
            assert_eq!(grouped(&[one], &options).unassigned, [0]);
            let two = grouped(&[one, Item { text: "快递", weight: 1 }], &options);
            assert_eq!(two.clusters.len() + two.unassigned.len(), 2, "{method:?} {two:?}");
        }
        let alone = grouped(&[one], &Options { min_size: 1, ..Options::default() });
        assert_eq!(alone.clusters[0].members, [(0, 1.0)]);
    }

    #[test]
    fn identical_texts_are_one_group() {
        for method in Method::ALL {
            let items = [Item { text: "我要退款", weight: 1 }; 9];
            let found = grouped(&items, &Options { method, ..Options::default() });
            assert_eq!((found.clusters.len(), found.unassigned.len()), (1, 0), "{method:?} {found:?}");
            assert!(found.clusters[0].cohesion > 0.999);
        }
    }

    #[test]
    fn texts_of_signs_stay_unassigned() {
        let items: Vec<Item<'_>> =
            ["。。。", "？", "", "！！"].into_iter().map(|text| Item { text, weight: 1 }).collect();
        assert_eq!(grouped(&items, &Options::default()).unassigned, [0, 1, 2, 3]);
        assert_eq!(grouped(&items, &density()).unassigned, [0, 1, 2, 3]);
    }

    #[test]
    fn a_small_group_is_dissolved_and_its_items_join_or_stay_out() {
        let items = [Item { text: "退款", weight: 1 }; 9];
        let side = |i: usize| match i {
            0..4 => [2.0, 0.0, 0.0],
            4..8 => [0.0, 5.0, 0.0],
            _ => [0.6, 0.0, 0.8],
        };
        let left_out = |min_size, rescue| {
            let vectors = Array2::from_shape_fn((9, 3), |(i, c)| side(i)[c]);
            let options = Options { clusters: Some(3), min_size, rescue, ..Options::default() };
            group_rows(&items, vectors, Place::Walk, Segmenter::general(), &options, &Quiet).unwrap().unassigned
        };
        assert_eq!(left_out(1, 2.0), [0usize; 0], "a group of its own");
        assert_eq!(left_out(3, 0.5), [0usize; 0], "taken in at cosine 0.6");
        assert_eq!(left_out(3, 0.7), [8]);
    }

    #[test]
    fn the_result_does_not_depend_on_threads() {
        let items: Vec<Item<'_>> = logs().into_iter().cycle().take(140).collect();
        for options in [Options { min_size: 8, ..Options::default() }, density()] {
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| grouped(&items, &options))
            };
            assert_eq!(on(1), on(4), "{options:?}");
        }
    }

    #[test]
    fn progress_runs_forward_over_one_scale() {
        struct Marks(Mutex<Vec<(u64, u64)>>);
        impl Progress for Marks {
            fn at(&self, done: u64, total: u64) {
                self.0.lock().unwrap().push((done, total));
            }
        }
        let marks = Marks(Mutex::default());
        group(&logs(), Segmenter::general(), &Options::default(), &marks).unwrap();
        let marks = marks.0.into_inner().unwrap();
        assert!(marks.windows(2).all(|w| w[0].0 <= w[1].0) && marks.iter().all(|(_, total)| *total == TOTAL));
        assert_eq!((marks[0].0, marks[marks.len() - 1].0), (0, TOTAL));
    }

    #[test]
    fn work_stops_when_asked_wherever_it_is() {
        struct After(AtomicUsize, usize);
        impl Progress for After {
            fn at(&self, _done: u64, _total: u64) {}
            fn stopped(&self) -> bool {
                self.0.fetch_add(1, Ordering::Relaxed) >= self.1
            }
        }
        for method in Method::ALL {
            for asked in [0, 1, 4, 9] {
                let options = Options { method, ..Options::default() };
                let found = group(&logs(), Segmenter::general(), &options, &After(AtomicUsize::new(0), asked));
                assert!(matches!(found, Err(Error::Stopped)), "{method:?} after {asked}");
            }
        }
    }

    #[test]
    fn vectors_that_tell_nothing_apart_leave_it_to_the_words() {
        let options = Options { clusters: Some(4), ..Options::default() };
        let found = group_vectors(&logs(), Array2::ones((32, 5)), Segmenter::general(), &options, &Quiet).unwrap();
        let strays = |g: &Group| g.members.iter().filter(|(i, _)| i % 4 != g.members[0].0 % 4).count();
        // 退款怎么还没到 and 快递怎么还没到 are near each other by their words.
        assert!(found.clusters.len() == 4 && found.clusters.iter().map(strays).sum::<usize>() <= 2, "{found:?}");
    }

    #[test]
    fn vectors_join_what_shares_no_word_and_words_part_what_vectors_take_for_one() {
        // The vectors know two subjects, parcels in either language and all else.
        let parcel = |i: usize| i % 2 == 1;
        let vectors = Array2::from_shape_fn((32, 2), |(i, c)| if parcel(i) == (c == 0) { 1.0 } else { 0.0 });
        let strays = |clusters, subjects: usize| {
            let options = Options { clusters: Some(clusters), ..Options::default() };
            let found = group_vectors(&logs(), vectors.clone(), Segmenter::general(), &options, &Quiet).unwrap();
            let of = |i: usize| i % subjects;
            let off = |g: &Group| g.members.iter().filter(|(i, _)| of(*i) != of(g.members[0].0)).count();
            found.clusters.iter().map(off).sum::<usize>()
        };
        assert_eq!(strays(2, 2), 0);
        assert!(strays(4, 4) <= 2);
    }

    #[test]
    fn of_many_rows_those_laid_out_are_asked_about_by_the_number_of_their_item() {
        let mut vectors = Array2::from_shape_fn((32, 4), |(i, c)| if i % 4 == c { 1.0 } else { 0.0 });
        vectors.row_mut(5).fill(0.0);
        let asked = Mutex::new(Vec::new());
        let beside = |some: &[usize], rows: Array2<f32>, _: Steps<'_>| {
            asked.lock().unwrap().extend_from_slice(some);
            Ok(rows)
        };
        let (options, place) = (Options { clusters: Some(4), ..Options::default() }, Place::LayoutOfMany(&beside));
        let found = group_rows(&logs(), vectors, place, Segmenter::general(), &options, &Quiet).unwrap();
        assert_eq!((found.clusters.len(), found.unassigned), (4, vec![5]));
        assert_eq!(asked.into_inner().unwrap(), (0..32).filter(|i| *i != 5).collect::<Vec<_>>());
    }

    #[test]
    fn given_vectors_must_fit_the_items() {
        let found = group_vectors(&logs(), Array2::zeros((3, 2)), Segmenter::general(), &density(), &Quiet);
        assert!(matches!(found, Err(Error::Vectors { items: 32, vectors: 3 })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn every_item_is_in_one_group_or_unassigned(
            texts in prop::collection::vec("(退款|快递|card|卡){0,3}[你a。]{0,3}", 0..30),
            by_density: bool,
            clusters in prop::option::of(1usize..6),
            min_size in 0usize..5,
        ) {
            let items: Vec<Item<'_>> = texts.iter().map(|text| Item { text, weight: 1 }).collect();
            let method = if by_density { Method::Density } else { Method::KMeans };
            let found = grouped(&items, &Options { method, clusters, min_size, ..Options::default() });
            let members = found.clusters.iter().flat_map(|g| g.members.iter().map(|(i, _)| *i));
            let mut all: Vec<usize> = members.chain(found.unassigned.iter().copied()).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..items.len()).collect::<Vec<_>>());
            for group in &found.clusters {
                prop_assert!(group.members.len() >= min_size.max(1));
                prop_assert!(group.members.iter().all(|(_, c)| (0.0..=1.0).contains(c)));
                prop_assert!((0.0..=1.001).contains(&group.cohesion) && group.words.len() <= naming::WORDS);
            }
        }
    }
}
