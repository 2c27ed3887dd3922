//! A policy of 200 topics, for the benchmark and for the tests of the lint.

use std::fmt::Write;

/// Returns it as YAML.
pub fn two_hundred_topics() -> String {
    let mut yaml = String::from("limits: {clarify: 2}\nentities:\n");
    for e in 0..20 {
        let _ = writeln!(yaml, "  e{e}: {{values: [a{e}, b{e}, c{e}, d{e}]}}");
        let _ = writeln!(yaml, "  n{e}: {{type: number, valid: 1 <= it <= 1000}}");
    }
    yaml.push_str("topics:\n");
    for t in 0..200 {
        let e = t % 20;
        let _ = writeln!(
            yaml,
            "  t{t}: {{needs: [e{e}, n{e}], do: [{{when: e{e} = a{e} and n{e} > 500, say: x}}, {{when: 'e{e} in [a{e}, b{e}] or n{e} < 10', say: y}}, {{say: z}}]}}"
        );
    }
    yaml.push_str("fallback: [{handoff: q}]\nhandoff: {q: {}}\n");
    yaml
}
