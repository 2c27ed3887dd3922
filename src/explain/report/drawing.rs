//! Curves as SVG, between 0 and 1 both ways.

/// A curve with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// Curves over one axis; shares from 0 to 1 upwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// What lies on the horizontal axis.
    pub x: String,
    pub lines: Vec<Line>,
    /// Whether the line of "as sure as right" is drawn.
    pub diagonal: bool,
}

/// Colour and dashes of the curves, in turn: nothing is told by colour alone.
const PENS: [(&str, &str); 4] = [("#c0392b", ""), ("#2471a3", "6 4"), ("#7d6608", "2 3"), ("#117a65", "8 3 2 3")];

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 50.0;
const BELOW: f64 = 40.0;
const RIGHT: f64 = 130.0;

/// Returns the drawing.
pub fn svg(plot: &Plot) -> String {
    let place = |(x, y): (f64, f64)| {
        let (x, y) = (x.clamp(0.0, 1.0), y.clamp(0.0, 1.0));
        format!("{:.1},{:.1}", LEFT + x * WIDTH, 10.0 + (1.0 - y) * HEIGHT)
    };
    let (whole, high) = (LEFT + WIDTH + RIGHT, 10.0 + HEIGHT + BELOW);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{high}\" viewBox=\"0 0 {whole} {high}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">"
    );
    for step in 0..=5 {
        let at = f64::from(step) / 5.0;
        let (from, to) = (place((0.0, at)), place((1.0, at)));
        out.push_str(&format!("<polyline points=\"{from} {to}\" stroke=\"#ddd\" fill=\"none\"/>"));
        let (x, y) = (LEFT + at * WIDTH, 10.0 + (1.0 - at) * HEIGHT + 4.0);
        out.push_str(&format!(
            "<text x=\"{:.0}\" y=\"{y:.0}\" text-anchor=\"end\">{:.0} %</text><text x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{at:.1}</text>",
            LEFT - 6.0,
            at * 100.0,
            HEIGHT + 26.0
        ));
    }
    out.push_str(&format!(
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
        LEFT + WIDTH / 2.0,
        HEIGHT + 44.0,
        escape(&plot.x)
    ));
    if plot.diagonal {
        let (from, to) = (place((0.0, 0.0)), place((1.0, 1.0)));
        out.push_str(&format!(
            "<polyline points=\"{from} {to}\" stroke=\"#999\" stroke-dasharray=\"3 3\" fill=\"none\"/>"
        ));
    }
    for (nth, line) in plot.lines.iter().enumerate() {
        let (colour, dashes) = PENS[nth % PENS.len()];
        let points: Vec<String> = line.points.iter().map(|point| place(*point)).collect();
        out.push_str(&format!(
            "<polyline points=\"{}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\" fill=\"none\"/>",
            points.join(" ")
        ));
        if plot.diagonal {
            for point in &points {
                let (x, y) = point.split_once(',').unwrap_or(("0", "0"));
                out.push_str(&format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"4\" fill=\"{colour}\"/>"));
            }
        }
        let y = 24.0 + 18.0 * nth as f64;
        let x = LEFT + WIDTH + 8.0;
        out.push_str(&format!(
            "<polyline points=\"{x},{0} {1},{0}\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/><text x=\"{2}\" y=\"{3}\">{4}</text>",
            y - 4.0,
            x + 22.0,
            x + 28.0,
            y,
            escape(&line.name)
        ));
    }
    out.push_str("</svg>");
    out
}

/// Returns text that means nothing to a browser.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_inside_and_names_are_text() {
        let line = Line { name: "<a>".into(), points: vec![(0.0, 0.0), (2.0, -1.0), (1.0, 1.0)] };
        let drawn = svg(&Plot { x: "x".into(), lines: vec![line], diagonal: true });
        assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>") && drawn.contains("&lt;a&gt;"));
        assert!(drawn.contains("50.0,310.0 570.0,310.0 570.0,10.0"), "{drawn}");
        assert_eq!(drawn.matches("<circle").count(), 3);
    }
}
