/**
 * The way through a survey for a browser without a connection: the same as `wayloop/surveys/document/walk.py`, held to
 * it by shared cases (`frontend/tests/walk-cases.json`).
 */

export interface Given {
  number: number | null;
  choices: string[];
  empty: boolean;
}

export interface Test {
  question: string;
  op: "at_least" | "at_most" | "one_of" | "none_of" | "answered" | "left_out";
  values?: string[];
}

export interface Condition {
  tests?: Test[];
  is_any?: boolean;
}

export interface Question {
  key: string;
  type: string;
  required: boolean;
  show: Condition;
  jumps: { when: Condition; to: string }[];
}

export interface Way {
  asked: string[];
  next: string | null;
  left: number;
}

export type Answers = Record<string, Given>;

const LEFT_OUT: Given = { number: null, choices: [], empty: true };

export function go(questions: Question[], answers: Answers): Way {
  const places = new Map(questions.map((one, place) => [one.key, place]));
  const seen: Answers = {};
  let place = 0;
  while (place < questions.length) {
    const question = questions[place] as Question;
    const given = answers[question.key];
    if (!holds(question.show, seen)) place += 1;
    else if (!given)
      return { asked: Object.keys(seen), next: question.key, left: most(questions, places, place, seen) };
    else {
      seen[question.key] = given;
      place = behind(question, place, seen, places, questions.length);
    }
  }
  return { asked: Object.keys(seen), next: null, left: 0 };
}

export function holds(condition: Condition, seen: Answers): boolean {
  const tests = condition.tests ?? [];
  if (!tests.length) return true;
  const found = (test: Test): boolean => isSo(test, seen[test.question]);
  return condition.is_any ? tests.some(found) : tests.every(found);
}

function isSo(test: Test, given: Given | undefined): boolean {
  if (test.op === "left_out") return !given || given.empty;
  if (!given || given.empty) return false;
  const values = test.values ?? [];
  const bound = values[0] === undefined || values[0].trim() === "" ? Number.NaN : Number(values[0]);
  switch (test.op) {
    case "answered":
      return true;
    case "at_least":
      return given.number !== null && given.number >= bound;
    case "at_most":
      return given.number !== null && given.number <= bound;
    case "one_of":
      return given.choices.some((one) => values.includes(one));
    default:
      return !given.choices.some((one) => values.includes(one));
  }
}

function target(to: string, place: number, places: Map<string, number>, end: number): number | null {
  const found = to === "" ? end : places.get(to);
  return found !== undefined && found > place ? found : null;
}

function behind(question: Question, place: number, seen: Answers, places: Map<string, number>, end: number): number {
  for (const jump of question.jumps) {
    const found = target(jump.to, place, places, end);
    if (found !== null && holds(jump.when, seen)) return found;
  }
  return place + 1;
}

function isCertain(condition: Condition, certain: Answers): boolean {
  return (condition.tests ?? []).every((test) => test.question in certain);
}

function may(condition: Condition, certain: Answers): boolean {
  const tests = condition.tests ?? [];
  if (!tests.length) return true;
  const found = (test: Test): boolean => !(test.question in certain) || isSo(test, certain[test.question]);
  return condition.is_any ? tests.some(found) : tests.every(found);
}

function most(questions: Question[], places: Map<string, number>, start: number, seen: Answers): number {
  const end = questions.length;
  const certain: Answers = {};
  for (const one of questions.slice(0, start)) certain[one.key] = seen[one.key] ?? LEFT_OUT;
  const found: number[] = new Array(end + 1).fill(0);
  for (let place = end - 1; place >= start; place -= 1) {
    const question = questions[place] as Question;
    let best = 0;
    if (may(question.show, certain)) {
      let further = 0;
      let isOpen = true;
      for (const jump of question.jumps) {
        const to = target(jump.to, place, places, end);
        if (to === null || !may(jump.when, certain)) continue;
        further = Math.max(further, found[to] ?? 0);
        if (!jump.when.tests?.length || (isCertain(jump.when, certain) && holds(jump.when, certain))) {
          isOpen = false;
          break;
        }
      }
      if (isOpen) further = Math.max(further, found[place + 1] ?? 0);
      best = 1 + further;
    }
    if (!(isCertain(question.show, certain) && holds(question.show, certain)))
      best = Math.max(best, found[place + 1] ?? 0);
    found[place] = best;
  }
  return found[start] ?? 0;
}
