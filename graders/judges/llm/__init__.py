"""The language-model judge: any server that speaks the OpenAI protocol."""
