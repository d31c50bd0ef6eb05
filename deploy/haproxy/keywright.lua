-- Verifies the API key of a request with Keywright's /verify. Requires HAProxy 2.6 or later with Lua, as in Debian's
-- package. Use it in a frontend: http-request lua.keywright http://127.0.0.1:4001/verify

local identity = {
  "x-keywright-key-id",
  "x-keywright-organization-id",
  "x-keywright-environment",
  "x-keywright-role",
  "x-keywright-permissions",
  "x-keywright-teams",
  "x-keywright-external-id",
}

-- Headers of an error response that are passed to the client.
local told = { "www-authenticate", "retry-after", "ratelimit", "ratelimit-policy", "content-type", "cache-control" }

local TIMEOUT_MS = 6000

local function refuse(txn, status, headers, body)
  local reply = txn:reply({ status = status })
  for _, name in ipairs(told) do
    for _, value in pairs(headers[name] or {}) do
      reply:add_header(name, value)
    end
  end
  reply:set_body(body)
  txn:done(reply)
end

local UNDECIDED = "The API key cannot be verified now"
local REJECTED = "Keywright rejected the address that this gateway calls: check the organization and the other parameters of /verify"

local function unavailable(txn, given, message)
  local headers = {
    ["content-type"] = { "application/json" },
    ["cache-control"] = { "no-store" },
    ["retry-after"] = given and given["retry-after"],
  }
  refuse(txn, 503, headers, '{"code":"UNAVAILABLE","message":"' .. (message or UNDECIDED) .. '"}')
end

-- A 400 is either caused by two different keys (BAD_REQUEST) or by the configured URL (BAD_USER_INPUT).
local function has_code(answer, expected)
  local code = answer and answer.status == 400 and answer.headers["x-keywright-code"]
  return code and code[0] == expected
end

core.register_action("keywright", { "http-req" }, function(txn, url)
  local given = txn.http:req_get_headers()
  local asked = { ["x-forwarded-for"] = { [0] = txn.sf:src() } }
  for _, name in ipairs({ "authorization", "x-api-key" }) do
    asked[name] = given[name]
  end
  local worked, answer = pcall(function()
    return core.httpclient():get({ url = url, headers = asked, timeout = TIMEOUT_MS })
  end)
  local status = worked and answer and answer.status or 0

  -- Only a 200 response lets the request pass.
  if status == 200 then
    for _, name in ipairs(identity) do
      local value = answer.headers[name] and answer.headers[name][0] or ""
      txn.http:req_set_header(name, value)
      -- HAProxy reports no error if a header exceeds the buffer (tune.maxrewrite).
      if txn.sf:req_fhdr(name) ~= value then
        return unavailable(txn)
      end
    end
  elseif status == 401 or status == 403 or status == 429 or has_code(answer, "BAD_REQUEST") then
    refuse(txn, status, answer.headers, answer.body)
  else
    unavailable(txn, answer and answer.headers, has_code(answer, "BAD_USER_INPUT") and REJECTED)
  end
end, 1)
