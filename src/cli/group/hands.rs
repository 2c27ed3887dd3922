//! `daoshi group --together`, `--apart`, `--links`, `--rescue`: what hands add to a grouping, by the acts of the screens.

use serde_json::json;

use crate::cli::args::group::Group;
use crate::cli::progress::Line;
use crate::cli::{Desk, Fault};
use crate::domain::ids::UtteranceId;
use crate::workbench::project::Project;
use crate::workbench::rescue::{lonely, rescue, taken};
use crate::workbench::{group as grouping, links};

/// Does what was asked of links and of the rescue; `None` when nothing of that was.
pub fn by_hand(desk: &Desk, group: &Group, project: &mut Project) -> Result<Option<u8>, Fault> {
    if let [one, other] = group.together[..] {
        link(desk, group, project, (one, other), true)?;
    } else if let [one, other] = group.apart[..] {
        link(desk, group, project, (one, other), false)?;
    } else if group.links {
        list(desk, group, project)?;
    } else if let Some(least) = group.rescue {
        take(desk, group, project, least)?;
    } else {
        return Ok(None);
    }
    Ok(Some(0))
}

fn link(desk: &Desk, group: &Group, project: &mut Project, pair: (i64, i64), together: bool) -> Result<(), Fault> {
    let t = &desk.out.words.group;
    let (one, other) = (UtteranceId(pair.0), UtteranceId(pair.1));
    let stands = links::link(project, one, other, together)?;
    if group.json {
        desk.out.json(&json!({ "one": pair.0, "other": pair.1, "together": together, "stands": stands }));
        return Ok(());
    }
    let phrase = match (stands, together) {
        (false, _) => t.unlinked,
        (true, true) => t.together,
        (true, false) => t.apart,
    };
    let [one, other] = links::texts(project, [one, other])?;
    desk.out.say(phrase, &[("one", &one), ("other", &other)]);
    Ok(())
}

fn list(desk: &Desk, group: &Group, project: &Project) -> Result<(), Fault> {
    for link in links::links(project)? {
        let [one, other] = links::texts(project, [link.one, link.other])?;
        if group.json {
            desk.out.json(&json!({
                "one": link.one.0, "other": link.other.0, "together": link.together, "texts": [one, other],
            }));
        } else {
            let sign = if link.together { "=" } else { "≠" };
            desk.out.data(&format!("{}\t{sign}\t{}\t{one}\t{other}", link.one.0, link.other.0));
        }
    }
    Ok(())
}

/// Says how many a threshold takes, then takes them unless that is all that was asked.
fn take(desk: &Desk, group: &Group, project: &mut Project, least: f32) -> Result<(), Fault> {
    let t = &desk.out.words.group;
    let progress = Line::new(&desk.out);
    let alone = lonely(project, &progress)?;
    drop(progress);
    let (near, customers) = taken(&alone, least);
    let found = grouping::current(project)?;
    let (outside, all) = found.map_or((0, 0), |found| (found.unassigned.len() as u64, found.utterances));
    let rescued = if group.preview { 0 } else { rescue(project, &alone, least)? };
    if group.json {
        desk.out.json(&json!({
            "least": least, "near": near, "customers": customers, "outside": outside, "done": !group.preview,
            "rescued": rescued,
        }));
        return Ok(());
    }
    let share = |outside: u64| format!("{:.1}", 100.0 * outside as f64 / all.max(1) as f64);
    let shown = format!("{least:.2}");
    desk.out.say(
        t.promise,
        &[
            ("n", &near.to_string()),
            ("customers", &customers.to_string()),
            ("least", &shown),
            ("before", &share(outside)),
            ("after", &share(outside.saturating_sub(near))),
        ],
    );
    if alone.is_empty() {
        desk.out.say(t.none_lonely, &[]);
    } else if near == 0 {
        desk.out.say(t.none_near, &[]);
    } else if !group.preview {
        desk.out.say(t.rescued, &[("n", &rescued.to_string()), ("least", &shown)]);
    }
    Ok(())
}
