import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editField, type Field, fieldOf, insertText } from '../../src/tui/components/field.tsx';

const typed = (keys: string[], field: Field = fieldOf('')) => keys.reduce(editField, field);

describe('a field', () => {
	test('takes what is typed where the cursor stands', () => {
		expect(typed(['a', 'c', 'left', 'b', 'space', 'é'])).toEqual({ text: 'ab éc', cursor: 4 });
	});

	test('deletes letters, words and to both ends', () => {
		const field = fieldOf('/srv/data photos');
		expect(typed(['backspace'], field).text).toBe('/srv/data photo');
		expect(typed(['ctrl+w'], field).text).toBe('/srv/data ');
		expect(typed(['ctrl+w', 'ctrl+w'], field).text).toBe('/srv/');
		expect(typed(['ctrl+u'], field)).toEqual({ text: '', cursor: 0 });
		expect(typed(['home', 'ctrl+k'], field)).toEqual({ text: '', cursor: 0 });
		expect(typed(['home', 'delete'], field).text).toBe('srv/data photos');
	});

	test('moves by what people call a letter', () => {
		const field = fieldOf('e\u0301\u{1f468}\u200d\u{1f469}');
		expect(typed(['left'], field).cursor).toBe(2);
		expect(typed(['left', 'left'], field).cursor).toBe(0);
		expect(typed(['home', 'right'], field).cursor).toBe(2);
		expect(typed(['backspace', 'backspace'], field).text).toBe('');
	});

	test('keeps a paste in one line', () => {
		expect(insertText(fieldOf('a'), 'b\nc\r\n')).toEqual({ text: 'ab c', cursor: 4 });
	});

	test('never loses its cursor, and leaves other keys alone', () => {
		const keys = fc.constantFrom(
			'a',
			'é',
			'left',
			'right',
			'home',
			'end',
			'backspace',
			'delete',
			'ctrl+w',
			'alt+b',
			'alt+f',
			'ctrl+u',
			'ctrl+k',
			'up',
			'esc',
		);
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), fc.array(keys, { maxLength: 30 }), (text, pressed) => {
				const { text: after, cursor } = typed(pressed, fieldOf(text));
				expect(cursor).toBeGreaterThanOrEqual(0);
				expect(cursor).toBeLessThanOrEqual(after.length);
			}),
		);
		const field = fieldOf('x');
		for (const key of ['up', 'down', 'enter', 'esc', 'tab']) expect(editField(field, key)).toBe(field);
	});
});
