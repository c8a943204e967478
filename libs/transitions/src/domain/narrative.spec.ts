import { describe, expect, it } from '@jest/globals';
import { escapeXhtml, paragraph, table } from './narrative.ts';

describe('a narrative', () => {
  it('shows markup as text', () => {
    const hostile = `<script>alert("x")</script> & 'more'`;
    expect(paragraph(hostile).div).toBe(
      '<div xmlns="http://www.w3.org/1999/xhtml"><p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39;</p></div>',
    );
    expect(table(['<a>'], [['<b>', undefined]]).div).toContain('<th>&lt;a&gt;</th>');
    expect(table(['<a>'], [['<b>', undefined]]).div).toContain('<td>&lt;b&gt;</td><td></td>');
  });

  it('leaves out what XML cannot hold and keeps all else', () => {
    expect(escapeXhtml('a\u0000\u0008b\ud800c')).toBe('abc');
    expect(escapeXhtml('Żółć 😀\n漢')).toBe('Żółć 😀\n漢');
  });
});
