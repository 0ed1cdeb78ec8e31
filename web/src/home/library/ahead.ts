/** Sends the first page's question as soon as this is read: while React starts and draws, the server looks for the first rows. */
import { sendPrompts } from "../../api/client";
import { isEmbedded } from "../../shared/frames/embed";
import { routeOf } from "../../shared/router";
import { askedOf, questionOf } from "./asked";

const { pathname, search } = window.location;
if (routeOf(pathname).page === "home" && !isEmbedded()) sendPrompts(questionOf(askedOf(search), 0));
