//! `daoshi design`: the policy checked, brought in, written out, drawn, compared, published.

use serde_json::json;

use crate::cli::args::{Design, DesignAct};
use crate::cli::{Desk, Done};
use crate::dialogue::lint::fault::Severity;
use crate::evaluation::limits::Costs;
use crate::explain;
use crate::i18n::fill;
use crate::workbench::design::{self, Brought};
use crate::workbench::error::Error;
use crate::workbench::{limits, versions};

/// Does one act on the policy.
pub fn design(desk: &Desk, design: &Design) -> Done {
    let mut project = desk.open(&design.project)?;
    let t = &desk.out.words.command;
    match &design.act {
        DesignAct::Lint { json, show } => {
            let policy = design::draft(&project)?.ok_or(Error::NoPolicy)?;
            let faults = design::check(&project, &policy.yaml)?;
            for fault in &faults {
                let said = explain::policy::fault(fault, desk.out.words);
                if *json {
                    desk.out.json(
                        &json!({ "line": fault.line, "error": (fault.severity == Severity::Error), "what": said }),
                    );
                } else {
                    desk.out.data(&said);
                }
                if *show && let Some(script) = design::show(&project, &policy.yaml, fault, &said)? {
                    desk.out.file(script.as_bytes());
                }
            }
            if let Ok(read) = design::parse(&policy.yaml) {
                for (intent, fault) in design::check_answers(&project, &read)? {
                    let said = explain::policy::answer_fault(&intent, &fault, desk.out.words);
                    if *json {
                        desk.out.json(&json!({ "intent": intent, "error": false, "what": said }));
                    } else {
                        desk.out.data(&said);
                    }
                }
            }
            let errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
            if faults.is_empty() {
                desk.out.say(t.no_faults, &[]);
            } else {
                let warnings = (faults.len() - errors).to_string();
                desk.out.say(t.fault_count, &[("errors", &errors.to_string()), ("warnings", &warnings)]);
            }
            Ok(u8::from(errors > 0))
        }
        DesignAct::Import { paths } => {
            for brought in design::bring(&mut project, paths)? {
                match brought {
                    Brought::Policy(path) => desk.out.say(t.policy_saved, &[("path", &path.display().to_string())]),
                    Brought::Rehearsals(_, n) => desk.out.say(t.rehearsals_saved, &[("n", &n.to_string())]),
                }
            }
            Ok(0)
        }
        DesignAct::Export { out } => {
            design::export(&project, out)?;
            desk.out.say(t.written, &[("path", &out.display().to_string())]);
            Ok(0)
        }
        DesignAct::Graph => {
            let text = design::draft(&project)?.ok_or(Error::NoPolicy)?;
            for line in design::outline(&design::parse(&text.yaml)?) {
                desk.out.data(&line);
            }
            Ok(0)
        }
        DesignAct::Diff { with } => {
            let version = versions::find(&project, with.as_deref())?;
            let old = versions::policy(&project, &version)?;
            let new = design::draft(&project)?.ok_or(Error::NoPolicy)?;
            let name = version.name;
            let lines = design::diff(&old.yaml, &new.yaml);
            desk.out.say(if lines.is_empty() { t.same } else { t.differs }, &[("name", &name)]);
            for line in lines {
                desk.out.data(&line);
            }
            Ok(0)
        }
        DesignAct::Publish { name } => {
            design::publish(&mut project, name)?;
            desk.out.word(&fill(t.published, &[("name", name)]));
            Ok(0)
        }
        DesignAct::Rollback { name } => {
            versions::rollback(&mut project, name)?;
            desk.out.word(&fill(t.rolled_back, &[("name", name)]));
            Ok(0)
        }
        DesignAct::Versions { json } => {
            for version in versions::list(&project)? {
                let model = version.model.map(|id| id.0);
                if *json {
                    desk.out.json(&json!({
                        "name": version.name, "policy": version.policy.0, "model": model,
                        "at": version.at, "by": version.actor,
                    }));
                } else {
                    let model = model.map_or("–".to_string(), |id| id.to_string());
                    let at = jiff::Timestamp::from_millisecond(version.at).unwrap_or_default();
                    let at = at.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M");
                    let (name, policy, by) = (&version.name, version.policy, &version.actor);
                    desk.out.data(&fill(
                        desk.out.words.proof.version_line,
                        &[
                            ("name", name),
                            ("policy", &policy.to_string()),
                            ("model", &model),
                            ("at", &at.to_string()),
                            ("by", by),
                        ],
                    ));
                }
            }
            Ok(0)
        }
        DesignAct::Limits { wrong, ask, handoff, json } => {
            let costs = Costs { wrong: *wrong, ask: *ask, handoff: *handoff };
            let advice = limits::advise(&project, costs)?;
            if *json {
                let pairs: Vec<_> =
                    advice.pairs.iter().map(|p| json!({ "between": p.between, "count": p.count })).collect();
                desk.out.json(&json!({ "now": advice.now, "fit": advice.fit, "pairs": pairs }));
            } else {
                for line in explain::proof::limits(&advice, desk.out.words) {
                    desk.out.data(&line);
                }
            }
            Ok(0)
        }
        DesignAct::Bundle { out, version } => {
            let version = versions::find(&project, version.as_deref())?;
            versions::hand_on(&project, &version, out)?;
            desk.out.say(t.written, &[("path", &out.display().to_string())]);
            Ok(0)
        }
    }
}
