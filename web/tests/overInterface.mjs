// Officials of the demo city who act over the interface, where a journey is about somebody else's screen.

import assert from 'node:assert/strict'
import { cityAddress } from './browser.mjs'

const city = cityAddress()

async function ask(method, path, token, body) {
  const answer = await fetch(`${city}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const told = answer.status === 204 ? null : await answer.json()
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${JSON.stringify(told)}`)
  return told
}

/** Whoever of the demo has a role, in a unit if one is named. */
export async function official(role, unit) {
  const { accounts } = await ask('GET', '/api/demo')
  const found = accounts.find((one) => one.roles.includes(role) && (!unit || one.unit_name === unit))
  assert.ok(found, `the demo has no ${role} ${unit ?? ''}`)
  const { token } = await ask('POST', '/api/session', null, {
    user: found.user,
    password: found.password,
    bearer: true,
  })
  assert.ok(token, 'the session has a token')
  const act = (number, take, form = {}) =>
    ask('POST', `/api/cases/${number}/decisions`, token, { take, form })
  return { ...found, act, units: (q) => ask('GET', `/api/units?q=${encodeURIComponent(q)}`, token) }
}

/** Takes a hotline ticket from intake to the step in which its reporter rates it. */
export async function handle(number, reply) {
  const { accounts } = await ask('GET', '/api/demo')
  const unit = accounts.find(
    (one) =>
      one.roles.includes('工单联络员') &&
      accounts.some((other) => other.unit_name === one.unit_name && other.roles.includes('承办人')),
  )?.unit_name
  assert.ok(unit, 'no unit of the demo can both receive and handle')
  const dispatcher = await official('派单员')
  const { units } = await dispatcher.units(unit)
  const code = units.find((one) => one.name === unit)?.code
  await (await official('话务员')).act(number, 'accept')
  await dispatcher.act(number, 'dispatch', { unit: code, opinion: '请办理' })
  await (await official('工单联络员', unit)).act(number, 'sign')
  await (await official('承办人', unit)).act(number, 'resolve', { result: '已到现场处理', public_reply: reply })
  await (await official('审核员')).act(number, 'approve')
  await (await official('回访员')).act(number, 'approve', { contacted: true, solved: true, satisfied: true })
}
