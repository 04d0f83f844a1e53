"""The rules about operations, parameters, bodies, responses, security, servers, channels and sessions."""

from __future__ import annotations

from accord.findings.changes.change_rule import ChangeRule

ELEMENT_RULES: tuple[ChangeRule, ...] = (
    ChangeRule(
        id="added-operation",
        about="An operation is new.",
        looks=(
            "path-item.get",
            "path-item.put",
            "path-item.post",
            "path-item.delete",
            "path-item.options",
            "path-item.head",
            "path-item.patch",
            "path-item.trace",
            "path-item.query",
            "path-item.additionalOperations",
            "root.paths",
            "path-item.$ref",
        ),
    ),
    ChangeRule(
        id="removed-operation",
        about="An operation is gone.",
        looks=(
            "path-item.get",
            "path-item.put",
            "path-item.post",
            "path-item.delete",
            "path-item.options",
            "path-item.head",
            "path-item.patch",
            "path-item.trace",
            "path-item.query",
            "path-item.additionalOperations",
            "root.paths",
            "path-item.$ref",
        ),
    ),
    ChangeRule(
        id="added-webhook", about="The server sends a request that it did not send.", looks=("root.webhooks",)
    ),
    ChangeRule(id="removed-webhook", about="The server no longer sends a request.", looks=("root.webhooks",)),
    ChangeRule(
        id="added-callback",
        about="Because of an operation, the server sends a request that it did not send.",
        looks=("operation.callbacks",),
    ),
    ChangeRule(
        id="removed-callback",
        about="Because of an operation, the server no longer sends a request.",
        looks=("operation.callbacks",),
    ),
    ChangeRule(
        id="changed-operation-id",
        about="An operation has another operationId.",
        looks=("operation.operationId",),
    ),
    ChangeRule(
        id="changed-deprecated",
        about="Something is announced to go, or no longer.",
        looks=(
            "operation.deprecated",
            "parameter.deprecated",
            "header.deprecated",
            "security-scheme.deprecated",
            "asyncapi-message.deprecated",
        ),
    ),
    ChangeRule(id="changed-sunset", about="The day on which something goes is another one."),
    ChangeRule(
        id="added-parameter",
        about="An operation takes a parameter that it did not take.",
        looks=("path-item.parameters", "operation.parameters", "parameter.name", "parameter.in"),
    ),
    ChangeRule(
        id="removed-parameter",
        about="A parameter of an operation is gone.",
        looks=("path-item.parameters", "operation.parameters", "parameter.name", "parameter.in"),
    ),
    ChangeRule(
        id="changed-parameter-required",
        about="A parameter became required or optional.",
        looks=("parameter.required",),
    ),
    ChangeRule(
        id="changed-parameter-style",
        about="The values of a parameter are written in another style.",
        looks=("parameter.style", "styles-for-form.style", "explode-for-form.style"),
    ),
    ChangeRule(
        id="changed-parameter-explode",
        about="The lists and objects of a parameter are taken apart, or no longer.",
        looks=("parameter.explode", "styles-for-form.explode", "explode-for-form.explode"),
    ),
    ChangeRule(
        id="changed-parameter-reserved",
        about="Characters may stand unescaped in a parameter, or no longer.",
        looks=("parameter.allowReserved",),
    ),
    ChangeRule(
        id="changed-parameter-empty",
        about="A parameter may come without a value, or no longer.",
        looks=("parameter.allowEmptyValue",),
    ),
    ChangeRule(
        id="changed-parameter-content",
        about="A parameter is written as a media type, another one, or none.",
        looks=("parameter.content",),
    ),
    ChangeRule(
        id="added-body",
        about="An operation takes a request body that it did not take.",
        looks=("operation.requestBody",),
    ),
    ChangeRule(
        id="removed-body",
        about="An operation no longer takes a request body.",
        looks=("operation.requestBody",),
    ),
    ChangeRule(
        id="changed-body-required",
        about="A request body became required or optional.",
        looks=("request-body.required",),
    ),
    ChangeRule(
        id="changed-body-media-type",
        about="A request body has a media type more or less.",
        looks=("request-body.content",),
    ),
    ChangeRule(
        id="changed-encoding",
        about="The fields of a form or the parts of a multipart body are written otherwise.",
        looks=(
            "media-type.encoding",
            "media-type.prefixEncoding",
            "media-type.itemEncoding",
            "encoding.encoding",
            "encoding.prefixEncoding",
            "encoding.itemEncoding",
            "encoding.contentType",
            "encoding.style",
            "encoding.explode",
            "encoding.allowReserved",
        ),
    ),
    ChangeRule(
        id="changed-status",
        about="An operation answers with a status more or less.",
        looks=("operation.responses", "responses.default"),
    ),
    ChangeRule(
        id="changed-response-media-type",
        about="A response has a media type more or less.",
        looks=("response.content",),
    ),
    ChangeRule(
        id="added-header",
        about="A response or a part has a header that it did not have.",
        looks=("response.headers", "encoding.headers"),
    ),
    ChangeRule(
        id="removed-header",
        about="A response or a part no longer has a header.",
        looks=("response.headers", "encoding.headers"),
    ),
    ChangeRule(
        id="changed-header-required", about="A header always comes, or no longer.", looks=("header.required",)
    ),
    ChangeRule(
        id="changed-header-style",
        about="The values of a header are written otherwise.",
        looks=("header.style", "header.explode", "header.content"),
    ),
    ChangeRule(id="changed-error", about="What all errors look like is described, or no longer."),
    ChangeRule(
        id="added-link", about="A response says of one request more how to go on.", looks=("response.links",)
    ),
    ChangeRule(
        id="removed-link",
        about="A response no longer says of a request how to go on.",
        looks=("response.links",),
    ),
    ChangeRule(
        id="changed-link",
        about="A response says otherwise how to go on.",
        looks=(
            "link.operationRef",
            "link.operationId",
            "link.parameters",
            "link.requestBody",
            "link.body",
            "link.server",
        ),
    ),
    ChangeRule(
        id="changed-security",
        about="What lets a caller in is more or less than it was.",
        looks=("operation.security", "root.security", "asyncapi-server.security"),
    ),
    ChangeRule(
        id="changed-scopes",
        about="The scopes that let a caller in are more or less than they were.",
        looks=("operation.security", "root.security"),
    ),
    ChangeRule(
        id="changed-security-scheme",
        about="A credential is shown otherwise.",
        looks=(
            "components.securitySchemes",
            "security-scheme.type",
            "security-scheme.name",
            "security-scheme.in",
            "security-scheme.scheme",
        ),
    ),
    ChangeRule(
        id="changed-flow",
        about="Tokens may be got by a flow more or less.",
        looks=(
            "security-scheme.flows",
            "oauth-flows.implicit",
            "oauth-flows.password",
            "oauth-flows.clientCredentials",
            "oauth-flows.authorizationCode",
            "oauth-flows.deviceAuthorization",
        ),
    ),
    ChangeRule(
        id="changed-flow-address",
        about="Tokens are got at another address.",
        looks=(
            "oauth-flows.authorizationUrl",
            "oauth-flows.tokenUrl",
            "oauth-flows.refreshUrl",
            "oauth-flows.deviceAuthorizationUrl",
            "security-scheme.openIdConnectUrl",
            "security-scheme.oauth2MetadataUrl",
        ),
    ),
    ChangeRule(
        id="changed-flow-scopes", about="A flow gives a scope more or less.", looks=("oauth-flows.scopes",)
    ),
    ChangeRule(
        id="added-server",
        about="A document, path or operation has an address that it did not have.",
        looks=(
            "root.servers",
            "path-item.servers",
            "operation.servers",
            "server.url",
            "server.variables",
            "server-variable.enum",
            "asyncapi.servers",
            "asyncapi-server.host",
            "asyncapi-server.pathname",
            "asyncapi-server.protocol",
            "asyncapi-server.variables",
            "asyncapi-server-variable.enum",
            "asyncapi-channel.servers",
        ),
    ),
    ChangeRule(
        id="removed-server",
        about="A document, path or operation no longer has an address.",
        looks=(
            "root.servers",
            "path-item.servers",
            "operation.servers",
            "server.url",
            "server.variables",
            "server-variable.enum",
            "asyncapi.servers",
            "asyncapi-server.host",
            "asyncapi-server.pathname",
            "asyncapi-server.protocol",
            "asyncapi-server.variables",
            "asyncapi-server-variable.enum",
            "asyncapi-channel.servers",
        ),
    ),
    ChangeRule(
        id="changed-server-variable",
        about="An address has another value where none is chosen.",
        looks=("server-variable.default", "asyncapi-server-variable.default"),
    ),
    ChangeRule(id="added-channel", about="A channel is new.", looks=("asyncapi.channels",)),
    ChangeRule(id="removed-channel", about="A channel is gone.", looks=("asyncapi.channels",)),
    ChangeRule(
        id="changed-address", about="A channel has another address.", looks=("asyncapi-channel.address",)
    ),
    ChangeRule(
        id="changed-channel-parameter",
        about="A part of a channel's address has a value more or less.",
        looks=(
            "asyncapi-channel.parameters",
            "asyncapi-parameter.enum",
            "asyncapi-parameter.default",
        ),
    ),
    ChangeRule(
        id="changed-handshake",
        about="A connection is asked for by another method.",
        looks=(
            "asyncapi-channel.bindings",
            "asyncapi-ws-binding.method",
            "asyncapi-ws-binding.query",
            "asyncapi-ws-binding.headers",
        ),
    ),
    ChangeRule(
        id="changed-content-type",
        about="A message is written in another media type.",
        looks=(
            "asyncapi.defaultContentType",
            "asyncapi-message.contentType",
            "asyncapi-message.traits",
            "asyncapi-message-trait.contentType",
        ),
    ),
    ChangeRule(
        id="added-message",
        about="One side may send a message that it did not send.",
        looks=(
            "asyncapi-channel.messages",
            "asyncapi-message.payload",
            "asyncapi-multi-format-schema.schema",
            "asyncapi.operations",
            "asyncapi-operation.action",
            "asyncapi-operation.channel",
            "asyncapi-operation.messages",
            "asyncapi-operation.reply",
            "asyncapi-operation-reply.messages",
            "asyncapi-operation-reply.channel",
        ),
    ),
    ChangeRule(
        id="removed-message",
        about="One side no longer sends a message.",
        looks=(
            "asyncapi-channel.messages",
            "asyncapi-message.payload",
            "asyncapi-multi-format-schema.schema",
            "asyncapi.operations",
            "asyncapi-operation.action",
            "asyncapi-operation.channel",
            "asyncapi-operation.messages",
            "asyncapi-operation.reply",
            "asyncapi-operation-reply.messages",
            "asyncapi-operation-reply.channel",
        ),
    ),
    ChangeRule(id="changed-session", about="The rules of a connection are described, or no longer."),
    ChangeRule(
        id="changed-transition",
        about="In one state, a message may come that must not have come, or the reverse.",
        looks=("x-session.initial", "x-session.states"),
    ),
    ChangeRule(
        id="changed-timeout", about="A client has more or less time in a state.", looks=("x-session.states",)
    ),
    ChangeRule(
        id="changed-close-code",
        about="The server closes with a code more or less.",
        looks=("x-session.closes", "x-session.heartbeat"),
    ),
    ChangeRule(
        id="changed-message-size", about="A message may be longer or shorter.", looks=("x-session.closes",)
    ),
    ChangeRule(
        id="changed-heartbeat",
        about="A silent client is given up sooner or later.",
        looks=("x-session.heartbeat",),
    ),
    ChangeRule(
        id="changed-authentication",
        about="A connection shows otherwise who it is.",
        looks=("x-session.authentication",),
    ),
    ChangeRule(
        id="changed-lifecycle",
        about="Things may go through their states in another order.",
        looks=("x-session.entities",),
    ),
    ChangeRule(
        id="changed-isolation",
        about="A connection gets the events of others than before.",
        looks=("x-session.isolation",),
    ),
    ChangeRule(
        id="changed-resume",
        about="A client that comes back learns otherwise what it has missed.",
        looks=("x-session.resume",),
    ),
)
