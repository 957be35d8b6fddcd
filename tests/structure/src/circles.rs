//! Circles of imports: the strongly connected components of a graph.

use std::collections::BTreeSet;

/// Who imports whom, by number.
pub(crate) type Graph = Vec<BTreeSet<usize>>;

/// The largest circle: files of which each reaches every other. Empty where there is none of two.
pub(crate) fn largest(graph: &Graph) -> Vec<usize> {
    let circles = components(graph).into_iter().filter(|circle| circle.len() > 1);
    circles.max_by_key(Vec::len).unwrap_or_default()
}

/// All components, each sorted. Two passes over the graph (Kosaraju): by the order in which a walk leaves its files, then
/// against the arrows.
pub(crate) fn components(graph: &Graph) -> Vec<Vec<usize>> {
    let mut order = Vec::with_capacity(graph.len());
    let mut seen = vec![false; graph.len()];
    for start in 0..graph.len() {
        walk(graph, start, &mut seen, &mut order);
    }
    let mut back: Graph = vec![BTreeSet::new(); graph.len()];
    for (from, targets) in graph.iter().enumerate() {
        for to in targets {
            if let Some(sources) = back.get_mut(*to) {
                sources.insert(from);
            }
        }
    }
    let mut seen = vec![false; graph.len()];
    let mut found = Vec::new();
    for start in order.into_iter().rev() {
        let mut circle = Vec::new();
        walk(&back, start, &mut seen, &mut circle);
        if !circle.is_empty() {
            circle.sort_unstable();
            found.push(circle);
        }
    }
    found
}

/// Adds to `left` whatever is reached from `start` and was not seen, each after all that it reaches.
fn walk(graph: &Graph, start: usize, seen: &mut [bool], left: &mut Vec<usize>) {
    let mark =
        |seen: &mut [bool], one: usize| seen.get_mut(one).is_some_and(|was| !std::mem::replace(was, true));
    let targets = |one: usize| graph.get(one).into_iter().flatten().copied();
    if !mark(seen, start) {
        return;
    }
    let mut way: Vec<(usize, Vec<usize>)> = vec![(start, targets(start).collect())];
    while let Some((here, rest)) = way.last_mut() {
        let Some(next) = rest.pop() else {
            left.push(*here);
            way.pop();
            continue;
        };
        if mark(seen, next) {
            way.push((next, targets(next).collect()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(arrows: &[(usize, usize)], count: usize) -> Graph {
        let mut graph = vec![BTreeSet::new(); count];
        for (from, to) in arrows {
            graph[*from].insert(*to);
        }
        graph
    }

    #[test]
    fn circles_are_found_and_chains_are_none() {
        assert_eq!(largest(&graph(&[(0, 1), (1, 2)], 3)), Vec::<usize>::new());
        assert_eq!(largest(&graph(&[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3)], 5)), [0, 1, 2]);
        assert_eq!(largest(&graph(&[(0, 1), (1, 0), (1, 2), (2, 1), (3, 0)], 4)), [0, 1, 2]);
    }
}
