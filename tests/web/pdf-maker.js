// PDF files with attachments, for tests: the least a reader accepts, and by Debian's qpdf, which is not ours.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A PDF of one page with a certificate and another file attached, written by qpdf with these options. */
export function pdfByQpdf(certificate, options) {
  const folder = mkdtempSync(join(tmpdir(), 'biaozheng-pdf-'));
  try {
    writeFileSync(join(folder, 'certificate.json'), certificate);
    writeFileSync(join(folder, 'readme.txt'), 'not a certificate');
    writeFileSync(join(folder, 'page.pdf'), pdfWith([]));
    const attach = (name) => ['--add-attachment', name, '--'];
    const run = spawnSync('qpdf', ['page.pdf', ...attach('readme.txt'), ...attach('certificate.json'), ...options, 'out.pdf'], { cwd: folder });
    assert.equal(run.status, 0, String(run.stderr));
    return readFileSync(join(folder, 'out.pdf'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The PDF with these words (ASCII) printed over its page by qpdf; what is attached stays. */
export function printedOver(pdf, words) {
  const folder = mkdtempSync(join(tmpdir(), 'biaozheng-pdf-'));
  try {
    writeFileSync(join(folder, 'page.pdf'), pdf);
    writeFileSync(join(folder, 'words.pdf'), pdfWith([], words));
    const run = spawnSync('qpdf', ['page.pdf', '--overlay', 'words.pdf', '--', 'out.pdf'], { cwd: folder });
    assert.equal(run.status, 0, String(run.stderr));
    return readFileSync(join(folder, 'out.pdf'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function pdfWith(attachments, words = '') {
  const drawn = `BT /F 12 Tf 10 50 Td (${words}) Tj ET`;
  const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 100] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>';
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', page, `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`].map((one) => Buffer.from(one));
  for (const { filter, bytes, indirect } of attachments) {
    const number = objects.length + 1;
    const length = indirect ? `${number + 1} 0 R` : bytes.length;
    objects.push(Buffer.concat([Buffer.from(`<< /Type /EmbeddedFile /Subtype /application#2Fjson ${filter} /Length ${length} >>\nstream\n`), bytes, Buffer.from('\nendstream')]));
    if (indirect) objects.push(Buffer.from(String(bytes.length)));
  }
  const parts = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const places = [];
  let at = parts[0].length;
  objects.forEach((body, index) => {
    const whole = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    places.push(at);
    parts.push(whole);
    at += whole.length;
  });
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`));
  return Buffer.concat(parts);
}
