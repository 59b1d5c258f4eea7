import { afterEach, expect, it } from 'vitest'
import { focusFault } from './focus'
import { fieldsOf } from './schema'

const fields = fieldsOf({
  properties: {
    reason: { title: '理由', type: 'string', enum: ['非本单位职责', '非本辖区'], 'x-widget': 'choice' },
    explanation: { title: '说明', type: 'string', 'x-widget': 'textarea' },
  },
})

function form(): HTMLElement {
  document.body.innerHTML =
    '<form><div data-field="reason"><input id="reason" type="radio"></div><div data-field="explanation"><textarea id="explanation"></textarea></div></form>'
  return document.querySelector('form') as HTMLElement
}

afterEach(() => void (document.body.innerHTML = ''))

it('puts the focus on the first fault as the form is read, whichever was found first', () => {
  expect(focusFault(form(), fields, { explanation: '请填写说明', reason: '请填写理由' })).toBe(true)
  expect(document.activeElement?.id).toBe('reason')
  expect(focusFault(form(), fields, { explanation: '请填写说明' })).toBe(true)
  expect(document.activeElement?.id).toBe('explanation')
})

it('leaves the focus where it is when nothing is wrong', () => {
  expect(focusFault(form(), fields, {})).toBe(false)
  expect(document.activeElement).toBe(document.body)
})
