// PDF files with attachments, for tests: the least a reader accepts, with a table of objects.
export function pdfWith(attachments) {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>'].map((one) => Buffer.from(one));
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
