fn main() {
    let path = std::env::args().nth(2).unwrap();
    let done = daoshi::tui::open(std::path::Path::new(&path), "li", Some(daoshi::i18n::Lang::Zh), &Default::default());
    if let Err(e) = done {
        eprintln!("{e}");
        std::process::exit(1);
    }
}
