//! What may be searched by words: all of it, in pages without a gap, and nothing that the opening is to show.

use biaozheng_contracts::project::search::{Place, Searched, searched};
use biaozheng_contracts::{parties, project, shown};
use biaozheng_scenes::setting::project;
use biaozheng_scenes::tender::evaluated;
use biaozheng_scenes::world::World;

fn all(world: &World, page: usize) -> Vec<Searched> {
    let (mut found, mut after): (Vec<Searched>, Option<Place>) = (Vec::new(), None);
    loop {
        let rows = searched(&world.state, after.as_ref(), page).unwrap();
        let ended = rows.len() < page;
        after = rows.last().map(|row| row.place.clone()).or(after);
        found.extend(rows);
        if ended {
            return found;
        }
    }
}

#[test]
fn pages_of_any_size_show_every_project_and_participant_once() {
    let world = evaluated();
    let whole = all(&world, 1000);
    let projects = project::view::projects(&world.state, None, 1000).unwrap().len();
    let participants = parties::view::participants(&world.state, None, 1000).unwrap().len();
    assert!(projects > 0 && participants > 3);
    assert_eq!(whole.len(), projects + participants);
    for page in [1, 2, 3, projects, projects + 1, whole.len()] {
        assert_eq!(all(&world, page), whole, "pages of {page}");
    }
    for row in &whole {
        assert_eq!(row.place.to_string().parse::<Place>().unwrap(), row.place);
        assert!(row.texts.contains(&row.hit["id"].as_str().unwrap().to_owned()));
    }
    for bad in ["", "project:", "project:\u{0}", "participant:a b", "lot:1", "Project:A"] {
        assert!(bad.parse::<Place>().is_err(), "{bad:?}");
    }
}

/// Before the opening a project is found by what its notice says, and a text of it is the same with one bid, three or none.
#[test]
fn bids_do_not_show_before_the_opening() {
    let mut world = World::new();
    world.register();
    let notice = world.published();
    world.publish(notice);
    let of_project =
        |world: &World| all(world, 10).into_iter().find(|row| row.hit["kind"] == "project").unwrap();
    let before = of_project(&world);
    let shown = shown::project(&world.state, &project()).unwrap().unwrap().to_string();
    for text in &before.texts {
        assert!(shown.contains(text.as_str()), "{text} is not in the project's own view");
    }
    let known = world.log.len();
    for bidder in ["B1", "B2", "B3"] {
        world.seal(bidder, Some(1_000_000));
    }
    assert!(world.log.len() > known, "there are bids");
    assert_eq!(of_project(&world), before);
}
