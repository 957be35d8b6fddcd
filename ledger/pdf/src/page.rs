//! Lays out and writes the page.

use biaozheng_ledger::date::utc;
use fast_qr::{ECL, QRBuilder};
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};

use crate::PdfError;
use crate::content::Line;
use crate::glyphs::{FONT, lines};
use crate::qr_text::QrText;
use crate::words::{CONTENT_CUT, CONTENT_TITLE, Facts, NAMES_NOTE, NOTES, TITLE_EN, TITLE_ZH};

/// A4 in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// Half widths of a value's line at [`VALUE_SIZE`], right of the labels.
const VALUE_HALF_WIDTHS: usize = 72;
const NOTE_HALF_WIDTHS: usize = 96;
const VALUE_SIZE: f32 = 9.0;
const LINE: f32 = 13.0;
const VALUE_LEFT: f32 = 170.0;
/// One module of the QR code: 0.4 mm and a little, which print and camera keep apart.
const MODULE: f32 = 1.7;

/// What stands below the record's content: notes, QR code, the line of the attachment.
const BELOW_CONTENT: f32 = 268.0;
const CONTENT_SIZE: f32 = 8.0;
const CONTENT_LINE: f32 = 11.0;
const CONTENT_HALF_WIDTHS: usize = 116;
const INDENT: f32 = 12.0;
/// Half widths that one step of indentation takes.
const INDENT_HALF_WIDTHS: usize = 3;
const DEPTH_SHOWN_MAX: usize = 5;

struct Writer<'a> {
    surface: Surface<'a>,
    font: Font,
    down: f32,
}

impl Writer<'_> {
    fn text(&mut self, left: f32, size: f32, text: &str) {
        let place = Point::from_xy(left, self.down);
        self.surface.draw_text(place, self.font.clone(), size, text, false, TextDirection::LeftToRight);
    }

    fn below(&mut self, points: f32) {
        self.down += points;
    }

    fn facts(&mut self, facts: &Facts) {
        for (zh, en, value) in &facts.rows {
            self.text(MARGIN, VALUE_SIZE, &format!("{zh} {en}"));
            for line in lines(value, VALUE_HALF_WIDTHS) {
                self.text(VALUE_LEFT, VALUE_SIZE, &line);
                self.below(LINE);
            }
            self.below(4.0);
        }
    }

    /// As much of the content as the page holds; a part that is left out is said to be.
    fn content(&mut self, facts: &Facts) {
        if facts.content.is_empty() {
            return;
        }
        self.text(MARGIN, VALUE_SIZE, CONTENT_TITLE);
        self.below(LINE);
        let last = HEIGHT - BELOW_CONTENT;
        let broken: Vec<(usize, String)> = facts.content.iter().flat_map(broken).collect();
        for (at, (depth, line)) in broken.iter().enumerate() {
            let is_last_place = self.down + CONTENT_LINE > last;
            if is_last_place && at.saturating_add(1) < broken.len() {
                self.text(MARGIN + INDENT, CONTENT_SIZE, CONTENT_CUT);
                self.below(CONTENT_LINE);
                break;
            }
            let indent = INDENT * f32::from(u8::try_from(*depth).unwrap_or(0));
            self.text(MARGIN + INDENT + indent, CONTENT_SIZE, line);
            self.below(CONTENT_LINE);
        }
        if facts.is_named {
            self.text(MARGIN, 7.0, NAMES_NOTE);
            self.below(CONTENT_LINE);
        }
    }

    fn notes(&mut self) {
        for note in NOTES {
            for line in lines(note, NOTE_HALF_WIDTHS) {
                self.text(MARGIN, VALUE_SIZE, &line);
                self.below(LINE);
            }
        }
    }

    fn qr(&mut self, text: &str) -> Result<(), PdfError> {
        let failed = |reason: String| PdfError::Page(reason);
        let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|error| failed(format!("{error:?}")))?;
        let mut path = PathBuilder::new();
        for (index, module) in code.data.iter().take(code.size.saturating_mul(code.size)).enumerate() {
            let (Some(row), Some(column)) = (index.checked_div(code.size), index.checked_rem(code.size))
            else {
                continue;
            };
            let place = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX)) * MODULE;
            let square = Rect::from_xywh(MARGIN + place(column), self.down + place(row), MODULE, MODULE);
            if let Some(square) = square.filter(|_| module.value()) {
                path.push_rect(square);
            }
        }
        let path = path.finish().ok_or_else(|| failed("the QR code is empty".into()))?;
        self.surface.draw_path(&path);
        Ok(())
    }
}

/// A line of the content as lines of the page, each with its depth.
fn broken(line: &Line) -> Vec<(usize, String)> {
    let depth = line.depth.min(DEPTH_SHOWN_MAX);
    let width = CONTENT_HALF_WIDTHS.saturating_sub(depth.saturating_mul(INDENT_HALF_WIDTHS));
    lines(&line.text, width).into_iter().map(|text| (depth, text)).collect()
}

pub(crate) fn write(facts: &Facts, qr: &QrText, certificate: &[u8]) -> Result<Vec<u8>, PdfError> {
    let failed = |reason: &str| PdfError::Page(reason.to_owned());
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_B)
        .finish()
        .map_err(|error| PdfError::Page(format!("{error:?}")))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let date = date(&utc(facts.time)).ok_or_else(|| failed("the block's time is no date"))?;
    document.set_metadata(
        Metadata::new()
            .title(format!("{TITLE_ZH} {TITLE_EN}"))
            .language("zh-CN".into())
            .creator("biaozheng".into())
            .creation_date(date)
            .document_id(facts.record.clone()),
    );
    attach(&mut document, &facts.record, certificate, date)?;
    let font = Font::new(FONT.into(), 0).ok_or_else(|| failed("the embedded font cannot be read"))?;
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| failed("no page of this size"))?;
    let mut page = document.start_page_with(settings);
    draw(Writer { surface: page.surface(), font, down: MARGIN + 20.0 }, facts, qr)?;
    page.finish();
    document.finish().map_err(|error| PdfError::Page(format!("{error:?}")))
}

fn draw(mut writer: Writer<'_>, facts: &Facts, qr: &QrText) -> Result<(), PdfError> {
    writer.text(MARGIN, 24.0, TITLE_ZH);
    writer.below(22.0);
    writer.text(MARGIN, 13.0, TITLE_EN);
    writer.below(30.0);
    writer.facts(facts);
    writer.below(6.0);
    writer.content(facts);
    writer.below(10.0);
    writer.notes();
    writer.below(14.0);
    writer.qr(&qr.to_string())?;
    writer.down = HEIGHT - 40.0;
    let attached = format!("附件 Attachment: {}.cert.json, SHA-256 {}", facts.record, qr.certificate.hex());
    for line in lines(&attached, 110) {
        writer.text(MARGIN, 7.0, &line);
        writer.below(9.0);
    }
    writer.surface.finish();
    Ok(())
}

fn attach(document: &mut Document, record: &str, certificate: &[u8], date: DateTime) -> Result<(), PdfError> {
    let file = EmbeddedFile {
        path: format!("{record}.cert.json"),
        mime_type: MimeType::new("application/json"),
        description: Some("标证证书 Biaozheng certificate".into()),
        association_kind: AssociationKind::Source,
        data: certificate.to_vec().into(),
        modification_date: Some(date),
        compress: Some(true),
        location: None,
    };
    document.embed_file(file).ok_or_else(|| PdfError::Page("the certificate cannot be attached".into()))
}

/// From `2026-09-21 14:13:20 UTC`.
fn date(text: &str) -> Option<DateTime> {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u8>().ok());
    let year = text.get(..4)?.parse().ok()?;
    let date = DateTime::new(year).month(part(5..7)?).day(part(8..10)?);
    let date = date.hour(part(11..13)?).minute(part(14..16)?).second(part(17..19)?);
    Some(date.utc_offset_hour(0).utc_offset_minute(0))
}
