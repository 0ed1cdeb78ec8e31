/** A chat: who says what. */
import { useEffect, useRef } from "react";
import type { Message } from "../api/types";
import { Icon } from "../shared/Icon";
import "./Messages.css";

interface MessagesProps {
  messages: readonly Message[];
  roles: readonly Message["role"][];
  most: number;
  onChange: (messages: readonly Message[]) => void;
}

export function Messages({ messages, roles, most, onChange }: MessagesProps) {
  const list = useRef<HTMLOListElement>(null);
  /** The place of the message whose text gets the focus once it is there. */
  const next = useRef<number | null>(null);
  useEffect(() => {
    if (next.current === null) return;
    list.current?.querySelectorAll("textarea")[next.current]?.focus();
    next.current = null;
  });
  const change = (at: number, part: Partial<Message>) => onChange(messages.map((each, place) => (place === at ? { ...each, ...part } : each)));
  const last = messages.at(-1)?.role;
  return (
    <div className="messages">
      <ol className="messages-list" ref={list} aria-label="Messages" data-testid="messages">
        {messages.map(({ role, content }, at) => (
          <li key={at} className="messages-message">
            <select aria-label={`Role of message ${at + 1}`} value={role} onChange={({ target }) => change(at, { role: target.value as Message["role"] })}>
              {roles.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
            <textarea
              className="text-field"
              rows={1}
              value={content}
              aria-label={`Message ${at + 1}`}
              placeholder={role === "assistant" ? "What the model is to go on with…" : "Type a message…"}
              spellCheck={false}
              onChange={({ target }) => change(at, { content: target.value })}
            />
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove message ${at + 1}`}
              disabled={messages.length === 1}
              onClick={() => {
                next.current = Math.max(0, at - 1);
                onChange(messages.filter((_, place) => place !== at));
              }}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ol>
      <p className="messages-more">
        <button
          type="button"
          data-testid="add-message"
          disabled={messages.length >= most}
          onClick={() => {
            next.current = messages.length;
            onChange([...messages, { role: last === "user" ? "assistant" : "user", content: "" }]);
          }}
        >
          <Icon name="plus" /> Add a message
        </button>
        <span className="muted">{last === "assistant" ? "The model goes on with the last message." : "The model begins its answer."}</span>
      </p>
    </div>
  );
}
