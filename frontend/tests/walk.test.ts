import { expect, test } from "vitest";
import { type Answers, go, type Question } from "../survey/walk";
import cases from "./walk-cases.json";

interface Case {
  plan: Question[];
  answers: Answers;
  way: [string[], string | null, number];
}

test("a browser without a connection goes the way the server goes", () => {
  const walked = (cases as unknown as Case[]).map((one) => {
    const way = go(one.plan, one.answers);
    return [way.asked, way.next, way.left];
  });
  expect(walked).toEqual((cases as unknown as Case[]).map((one) => one.way));
});
