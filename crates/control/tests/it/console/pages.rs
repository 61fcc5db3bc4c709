//! Every page as it is drawn, without the frame that all share.

use super::{
    readable,
    sample::{Outside, pages},
};

#[test]
fn every_page_reads_as_it_should() {
    for (name, page) in pages(Outside(None)) {
        let page = page.into_string();
        let main = page
            .split("<main")
            .nth(1)
            .and_then(|rest| rest.split("</main>").next());
        insta::assert_snapshot!(format!("page {name}"), readable(main.unwrap()));
    }
}
