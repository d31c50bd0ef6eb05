import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Sends requests with the JDK's client in its default configuration, and prints the responses. */
class Client {
  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    String token = arguments[1];
    HttpClient client = HttpClient.newHttpClient();
    for (String path : new String[] {"/healthz", "/schema.graphql", "/graphql?query=%7B__typename%7D", "/verify"})
      print(client, HttpRequest.newBuilder(URI.create(url + path)));
    HttpRequest.Builder graphql = HttpRequest.newBuilder(URI.create(url + "/graphql"))
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + token);
    for (String name : new String[] {"One", "Two"}) {
      String mutation = "mutation { createApiKey(input: { name: \\\"" + name + "\\\" }) { __typename } }";
      print(client, graphql.POST(BodyPublishers.ofString("{\"query\":\"" + mutation + "\"}")));
    }
    // A body whose length is not announced.
    byte[] query = "{\"query\":\"{ viewer { __typename } }\"}".getBytes();
    print(client, graphql.POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(query))));

    CompletableFuture<String> acknowledged = new CompletableFuture<>();
    WebSocket socket = client.newWebSocketBuilder().subprotocols("graphql-transport-ws")
        .buildAsync(URI.create(url.replace("http", "ws") + "/graphql"), new WebSocket.Listener() {
          public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            acknowledged.complete(text.toString());
            return null;
          }
        }).join();
    socket.sendText("{\"type\":\"connection_init\",\"payload\":{\"authorization\":\"Bearer " + token + "\"}}", true).join();
    System.out.println("WebSocket " + acknowledged.join());
    System.exit(0);
  }

  static void print(HttpClient client, HttpRequest.Builder builder) throws Exception {
    HttpRequest request = builder.build();
    var response = client.send(request, BodyHandlers.ofString());
    String body = response.body();
    System.out.println(request.uri().getPath() + " " + response.statusCode() + " " + response.version() + " "
        + body.substring(0, Math.min(80, body.length())).replace("\n", " "));
  }
}
